"""T5: a second verifier, in JavaScript, written from docs/trail-format.md alone, and the published vectors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from tests.second import vectors

from vedette.trail.format import canonical

FILE = vectors.FOLDER / "trail-1.jsonl"
SECOND = Path(vectors.__file__).with_name("verify.mjs")
CLASSES = (
    "altered-record missing-record conflicting-record not-canonical content-mismatch content-missing missing-stream"
)


@cache
def lines() -> list[dict[str, object]]:
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def node() -> str:
    """CI has node; where it has not, the image is wrong and not the code."""
    found = shutil.which("node")
    if found is None and os.environ.get("CI"):
        pytest.fail("node is not installed here: the second verifier cannot be run; install Node.js 20 or newer")
    if found is None:
        pytest.skip("node is not installed here")
    return found


def test_both_verifiers_agree() -> None:
    """On every vector: the same verdicts, no more and no fewer, and the same exit code."""
    done = subprocess.run([node(), str(SECOND), str(FILE)], capture_output=True, text=True, timeout=110)
    count = sum("vector" in each for each in lines())
    assert (done.stdout.splitlines()[-1:], done.returncode) == ([f"{count} vectors agree, 0 do not"], 0), done.stdout[
        :2000
    ]


def test_a_disagreement_is_told(tmp_path: Path) -> None:
    """The comparison itself can fail: a vector with one verdict less."""
    base, *rest = [each for each in lines() if each["base"] == "bare"]
    wrong = next(each for each in rest if len(each["verdicts"]) > 1)  # type: ignore[arg-type]  # a list
    file = tmp_path / "wrong.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in (base, {**wrong, "verdicts": wrong["verdicts"][1:]})))  # type: ignore[index]
    done = subprocess.run([node(), str(SECOND), str(file)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "0 vectors agree, 1 do not")


def test_the_vectors_are_what_is_published() -> None:
    """Made anew, they are the file, byte for byte: neither the generator nor the first verifier has moved."""
    made = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in vectors.made()]
    assert made == FILE.read_text(encoding="utf-8").splitlines()


def test_without_orjson_the_verdicts_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all that is spelled in an odd way, and of a tenth of the rest."""
    standard = canonical._standard()
    monkeypatch.setattr(canonical, "_codec", lambda: standard)
    bases = {each["base"]: each for each in lines() if "lines" in each}
    found: list[vectors.Vector] = [each for each in lines() if "vector" in each]
    for each in [each for at, each in enumerate(found) if "spelled" in each["vector"] or at % 10 == 0]:
        base: vectors.Vector = bases[each["base"]]
        said = vectors.expected(each, base["lines"], base["host_keys"])
        assert said == {"verdicts": each["verdicts"], "exit": each["exit"]}, each["vector"]


def test_there_are_enough_of_each_kind() -> None:
    """At least 500, most of them negative, in less than a megabyte."""
    found = [each for each in lines() if "vector" in each]
    exits = Counter(each["exit"] for each in found)
    assert len(found) >= 500 and exits[2] > 300 and exits[1] > 30 and exits[0] > 30
    assert FILE.stat().st_size < 1_000_000
    told = {str(verdict).split()[0] for each in found for verdict in each["verdicts"]}  # type: ignore[attr-defined]
    assert told >= set(CLASSES.split())
