"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "55dcf6497d7806747575f667f05b070fdd74be552893d3a73bc570aced7a81aa",
}
