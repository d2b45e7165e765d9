"""Each verdict in plain words: what was found, and what that means for whoever relies on the record."""

from __future__ import annotations

MEANING: dict[str, tuple[str, str]] = {
    "altered-record": ("record {} was altered", "What stands there now is not what was signed."),
    "missing-record": ("record {} is missing", "It was written, and has been taken out."),
    "conflicting-record": (
        "record {} is there more than once, with different content",
        "One is true, the others were made; the signed root tells which.",
    ),
    "not-canonical": (
        "{} was written anew by something in between",
        "A pipeline that touches bodies breaks the proof: fix the pipeline, or read the original.",
    ),
    "content-mismatch": (
        "the content of record {} was altered",
        "The record itself is signed; this text is not its own.",
    ),
    "content-missing": (
        "the content of record {} is missing",
        "The record commits to it, and nothing says it was erased.",
    ),
    "missing-stream": ("stream number {} is missing", "A whole process's record was taken out, or was never exported."),
    "missing-checkpoint": ("checkpoint {} is missing", "What follows it hangs together, but nobody vouches for it."),
    "bad-checkpoint-signature": (
        "checkpoint {} is not signed by the key that had to sign it",
        "It was edited, or what follows it was rewritten.",
    ),
    "forged-checkpoint": (
        "checkpoint {} has a forged twin, or follows the last",
        "The forgery proves nothing; the true one stands.",
    ),
    "equivocation": ("checkpoint {} was signed twice, differently", "Whoever held the key showed two histories."),
    "root-mismatch": (
        "{} is not what was signed",
        "The damage cannot be pinned to single records: hold all of them for false.",
    ),
    "bad-peaks": ("the tree of checkpoint {} does not fit its root", "What follows cannot be proven from here."),
    "frame-corrupt": (
        "the file is damaged where record {} was due",
        "A disk fault, or an edit; what could be read was read.",
    ),
    "index-mismatch": (
        "the attributes beside record {} say something else than the record",
        "Searches by them mislead; the record itself is as it was signed, unless that is said as well.",
    ),
    "sequence-out-of-range": ("record {} is numbered far beyond the last", "Nobody signed it."),
    "anchored-stream-missing": (
        "the stream {} is missing, and the host log has seen it",
        "A whole process's record was taken out, or is not part of what was read.",
    ),
    "rollback-vs-anchor": (
        "it ends at record {}, and more has been seen of it",
        "The end was cut off after it had been attested: so many records were there, and so many are left.",
    ),
    "anchor-mismatch": (
        "the first {} records are not those that were attested",
        "Somebody who holds the keys wrote another history, after this one had been seen.",
    ),
    "fork-of-log": (
        "the host key signed two histories of its log, at {} records",
        "Different people are shown different records; hold both for false.",
    ),
    "stream-not-closed": (
        "{} was not closed",
        "Its process still runs, was killed, or the end was cut off: a crash and a cut look alike.",
    ),
    "unsealed-tail": ("the last {} are not signed yet", "They could still be changed unseen."),
    "gap-open": ("from record {} on, records could not be written", "And nothing yet says how many."),
    "torn": ("the last write was cut off", "Normal after a kill: nothing that was acknowledged is lost."),
    "intent-without-outcome": (
        "record {} announced something and nothing tells how it ended",
        "It was under way when the process ended.",
    ),
    "content-erased": (
        "the content of record {} was erased by rule",
        "A sealed record says so; the proof still holds.",
    ),
    "content-sealed": (
        "the content of record {} is sealed, and its key is not here",
        "Verify where the trail's `seals` folder lies to see it proven; once the key is destroyed, nobody can.",
    ),
    "content-shed": ("the content of record {} was not kept", "By size or by setting; the commitment stays."),
    "gap": ("before record {}, records could not be written", "The record counts what is missing."),
    "clock-step": (
        "at record {} the host's clock was set",
        "Order is by number; times before and after do not compare.",
    ),
    "trimmed": (
        "the records {}, or their content, were deleted by rule",
        "A sealed record says so; what is left is proven.",
    ),
    "host-attested": (
        "its process died, and the keeper sealed what it left",
        "The last records are vouched for by the host key, not by the stream's own.",
    ),
    "from-checkpoint": (
        "the proof begins at record {}",
        "What lies before was not read; from there on all of it is proven.",
    ),
    "anchor-stale": (
        "the newest anchor is old",
        "What came after it is vouched for by this host alone; see VEDETTE_ANCHORS.",
    ),
    "weak-disk": (
        "the trail lies on a network or user-space file system",
        "Locks and syncs mean little there: power loss may cost more than the last 50 ms.",
    ),
    "unanchored": (
        "nothing outside this host vouches for it",
        "Whoever holds all its keys could have written another history.",
    ),
    "ephemeral": ("the trail lies in a temporary folder", "The next restart may delete it; set VEDETTE_TRAIL."),
    "host-key-unpinned": ("no host key was given for {}", "Whose trail this is has not been checked; use --host-key."),
}
