"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "b147b24bd0460a9acd20e747c201b359c831d9b0efaeb8067fef4c5d538f2dc0",
}
