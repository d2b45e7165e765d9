"""`python -m tests.corpora.presidio`: recall and precision on the texts of PyPI `presidio-evaluator` (issue 5, R21).

    python -m tests.corpora.presidio --seed 7 --count 3000 --missed 20

The package brings spaCy and pandas, so it gets an environment of its own, made once in the user's cache folder
(about 1 GB, some minutes); the texts are made there from the seed, and measured here. Not part of CI.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.corpora.measure import covered, cuts
from tests.corpora.sample import Sample

RELEASE = "presidio-evaluator==0.3.2"
STRUCTURED = frozenset("CREDIT_CARD PHONE_NUMBER IBAN_CODE EMAIL_ADDRESS US_SSN IP_ADDRESS US_DRIVER_LICENSE".split())
COVERED = 0.95
_GENERATOR = Path(__file__).with_name("presidio_generator.py")


def environment() -> Path:
    """Where its Python is, or would be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "vedette-corpora" / RELEASE.replace("==", "-")


def made() -> Path | None:
    """Its Python, if it was made and holds the package."""
    python = environment() / "bin" / "python"
    return python if (environment() / "complete").exists() else None


def make() -> Path:
    """Make the environment; raises `CalledProcessError` where it cannot be installed."""
    folder = environment()
    venv.create(folder, with_pip=True, clear=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", RELEASE], check=True)
    (folder / "complete").touch()
    return python


def sentences(python: Path, seed: int, count: int) -> list[Sample]:
    """Sentences with the spans of all entities; `values` are the structured ones."""
    command = [str(python), "-I", str(_GENERATOR), str(seed), str(count)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [_sample(json.loads(line)) for line in lines if line.startswith("{")]  # the package prints too


def _sample(told: dict[str, object]) -> Sample:
    text = str(told["text"])
    spans = tuple((start, end, kind) for start, end, kind in told["spans"])  # type: ignore[attr-defined]  # of JSON
    values = tuple(text[start:end] for start, end, kind in spans if kind in STRUCTURED)
    return Sample(text, spans=spans, rule="presidio", source="presidio-evaluator", values=values)


def missed(samples: list[Sample]) -> Iterator[tuple[str, str, str]]:
    """(kind, value, text) of each structured value that is not taken out."""
    for each in samples:
        found = cuts(each.text)
        for start, end, kind in each.spans:
            value = each.text[start:end]
            if kind in STRUCTURED and covered(each.text, value, found) < COVERED:
                yield kind, value, each.text


def wrong(samples: list[Sample]) -> Iterator[tuple[str, str, str]]:
    """(rule, value, text) of each cut that overlaps no labelled span of any kind."""
    for each in samples:
        data = each.text.encode()
        places = [(len(each.text[:start].encode()), len(each.text[:end].encode())) for start, end, _ in each.spans]
        for cut in cuts(each.text):
            if not any(start < cut.end and cut.start < end for start, end in places):
                yield cut.taken.rule, data[cut.start : cut.end].decode("utf-8", "replace"), each.text


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.presidio", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--missed", type=int, default=0, help="print so many of what was missed and wrongly taken")
    args = parser.parse_args()
    samples = sentences(made() or make(), args.seed, args.count)
    kinds = Counter(kind for each in samples for _, _, kind in each.spans if kind in STRUCTURED)
    lost, false = list(missed(samples)), list(wrong(samples))
    taken = sum(len(cuts(each.text)) for each in samples)
    lost_kinds = Counter(kind for kind, _, _ in lost)
    for kind, count in sorted(kinds.items()):
        sys.stdout.write(f"{kind:20} {count - lost_kinds[kind]:5} of {count:5}\n")
    recall, precision = 1 - len(lost) / max(sum(kinds.values()), 1), 1 - len(false) / max(taken, 1)
    sys.stdout.write(f"recall {recall:.4f} (goal .95)  precision {precision:.4f} (goal .98)\n")
    for what, value, text in (*lost[: args.missed], *false[: args.missed]):
        sys.stdout.write(f"{what:20} {value!r}  in  {text[:160]!r}\n")
    return 0 if recall >= 0.95 and precision >= 0.98 else 1


if __name__ == "__main__":
    sys.exit(main())
