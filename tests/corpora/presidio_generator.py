"""Run by the Python that has PyPI `presidio-evaluator`: sentences of its template generator, as JSON lines.

    python presidio_generator.py SEED COUNT

One line a sentence: the text and its spans, (start, end, kind) in characters. Nothing of Vedette is imported here.
"""

from __future__ import annotations

import json
import random
import sys

import numpy  # type: ignore[import-not-found]  # not in our venv
from presidio_evaluator.data_generator import PresidioSentenceFaker  # type: ignore[import-not-found]  # not in our venv


def main() -> None:
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    random.seed(seed)
    numpy.random.seed(seed)  # the package draws from all three
    faker = PresidioSentenceFaker("en_US", lower_case_ratio=0.05, random_seed=seed)
    for each in faker.generate_new_fake_sentences(count):
        spans = [(span.start_position, span.end_position, span.entity_type) for span in each.spans]
        sys.stdout.write(json.dumps({"text": each.full_text, "spans": spans}) + "\n")


if __name__ == "__main__":
    main()
