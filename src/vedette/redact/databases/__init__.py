"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "b6d51aa5a845109f0f3fcc7c4bd9b0e47c2d1c34410e180f209aee0241f1158b",
}
