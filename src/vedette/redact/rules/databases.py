"""The compiled databases of the pack, written beside it: the last step of `make pack`."""

from __future__ import annotations

import hashlib

from vedette.redact.databases import SHA256
from vedette.redact.pack import Pack
from vedette.redact.scanners import databases, hyper_build

_CODE = '''"""The compiled databases that ship, and what each must hash to. `make pack` writes it, nobody else."""

SHA256: dict[str, str] = {{
{rows}
}}
'''


def write(pack: Pack) -> str:
    """Compile for this kind of machine (seconds), and pin the hash; the name of the file.

    Other machines' files are of another pack from now on, so they go. Raises `hyperscan.HyperscanError`.
    """
    blob = hyper_build.dumped(pack, hyper_build.compiled(pack))
    whole = hyper_build.fingerprint(pack).encode() + b"\n" + blob
    for other in SHA256.keys() - {databases.name()}:
        (databases.FOLDER / other).unlink(missing_ok=True)
    (databases.FOLDER / databases.name()).write_bytes(whole)
    rows = f'    "{databases.name()}": "{hashlib.sha256(whole).hexdigest()}",'
    (databases.FOLDER / "__init__.py").write_text(_CODE.format(rows=rows), encoding="ascii")
    return databases.name()
