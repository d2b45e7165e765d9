"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "864b30c16292d759ba996e4272109b861dcd607ef42453f01d22e8274a6da200",
}
