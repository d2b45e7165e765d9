"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "6919f7b0ee79a63496eb2c74a58cbd7fbf18d1e0a38768aff8d893404a7a3686",
}
