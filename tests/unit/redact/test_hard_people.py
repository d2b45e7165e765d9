"""Personal data as it is really written is taken out where it stands, and what only looks like it stays."""

import pytest
from tests.corpora import hard
from tests.corpora.measure import cuts
from tests.corpora.sample import Sample


@pytest.mark.parametrize("sample", hard.held(), ids=lambda sample: sample.text[:40])
def test_it_is_taken_out(sample: Sample) -> None:
    data = sample.text.encode()
    hidden = {at for cut in cuts(sample.text) for at in range(cut.start, cut.end)}
    for start, end, _ in sample.spans:
        first, last = len(sample.text[:start].encode()), len(sample.text[:end].encode())
        shown = [at for at in range(first, last) if at not in hidden]
        assert len(shown) * 20 <= last - first, bytes(data[at] for at in shown)


def test_what_only_looks_like_it_stays() -> None:
    texts = hard.harmless()
    taken = {text: [(cut.taken.rule, text.encode()[cut.start : cut.end]) for cut in cuts(text)] for text in texts}
    assert {text: found for text, found in taken.items() if found} == {}
