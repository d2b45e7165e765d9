"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "3c40ba75acc05482b72eb8e23cfc3df170350cd6114a3d96e1e91ef49afe7c4e",
}
