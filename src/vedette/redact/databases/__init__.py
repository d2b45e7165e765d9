"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "7846ff232a1025831ceb38da9de1aa8e5d05ceeb9d83f0e846068ea2727adacf",
}
