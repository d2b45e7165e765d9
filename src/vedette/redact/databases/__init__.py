"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "37f510e8b2bf285cd3740765538cb2151b0c68ed0edb1a8ec703e8776160eba2",
}
