"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "4aaaf7d6d2da38db2e3479ab7ed842f75a4a47335992fb6daa12e2da2d1ba302",
}
