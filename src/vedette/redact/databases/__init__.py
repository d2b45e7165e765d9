"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "20b89b5720f59c563b8ae2b269c43190b0ea0fc26ca11698f24743e341ac7e64",
}
