"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "7c9acd6369a271f14845aed17c365e26efb3406ef6e16c1a25531accd3bfc7ed",
}
