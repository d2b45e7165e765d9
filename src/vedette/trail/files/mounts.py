"""What sort of file system a trail lies on. On some, `flock` and `fdatasync` mean little: a weak trail beats none."""

from __future__ import annotations

from pathlib import Path

_WEAK = ("nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "glusterfs", "lustre", "virtiofs", "ncpfs", "vboxsf")


def is_weak(folder: Path, table: Path = Path("/proc/self/mounts")) -> bool:
    """Whether `folder` lies on a network or user-space file system; False where the system does not tell (macOS)."""
    try:
        lines = table.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    return _kind(folder.resolve(), lines).startswith(_WEAK)


def _kind(folder: Path, lines: list[str]) -> str:
    """The type of the mount nearest above `folder`; of several on one place the last. Blanks are escaped (fstab(5))."""
    found, longest = "", -1
    for fields in (line.split(" ") for line in lines):
        if len(fields) < 3:
            continue
        place = Path(fields[1].replace("\\040", " "))
        if folder.is_relative_to(place) and len(place.parts) >= longest:
            found, longest = fields[2], len(place.parts)
    return found
