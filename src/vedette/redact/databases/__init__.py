"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "a9a3d2045cb95ef23b6798416f149fa7846c6d9a2a2b36b7a21e842cf625f7ff",
}
