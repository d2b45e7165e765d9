"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "a68c5e2b2382e0ca33f2ac18285aef626db792468dc48e34e8613adfa11e3c2c",
}
