"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "b41fb65b5a58572a4b7be7052b5137aca1bcd4ed87fbf7eb28172257eae0aeaf",
}
