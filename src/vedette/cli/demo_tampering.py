"""The forger of `vedette demo`: changes one word of one sealed record, as anybody who can write the file could."""

from __future__ import annotations

from pathlib import Path

from vedette.trail.format import spool


def rename_tool(trail: Path, true: bytes, forged: bytes) -> None:
    """In the first record that holds `true`, write `forged`; the frame's checksum is made right again."""
    segment = spool.segment_files(spool.stream_folders(trail)[0])[0]
    data = segment.read_bytes()
    for frame in spool.scan(data):
        if frame.type == spool.ENVELOPE and true in frame.payload:
            made = spool.encode_frame(frame.type, frame.payload.replace(true, forged), frame.flags)
            segment.write_bytes(data[: frame.offset] + made + data[frame.end :])
            return


def without_notes(report: str) -> str:
    """What a report says of the tampering; its notes were told before."""
    return "\n\n".join(each for each in report.split("\n\n") if "·" not in each).rstrip() + "\n"
