"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "22965786da1af07c75dd1d7e6f908edb75f14199842ad9bf338ea2a8bde4acc1",
}
