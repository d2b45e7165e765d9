"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {
    "linux-x86_64.z": "785e79918bee307772c9a9b775a407f96bc9c267ba623768d092357217a64445",
}
