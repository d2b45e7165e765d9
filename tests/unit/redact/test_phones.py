"""Our table of numbering plans against the example numbers of PyPI `phonenumbers`."""

from __future__ import annotations

import phonenumbers
import pytest

from vedette.redact.validators import REGISTRY

COUNTRIES = """US CA GB DE FR ES IT NL BE AT CH PL SE NO DK FI IE PT GR CZ RO HU TR IN JP KR CN SG AU NZ ZA BR MX AR CL
    CO IL AE SA NG KE EG""".split()
FORMS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
)
KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)


@pytest.mark.parametrize("country", COUNTRIES)
def test_example_numbers_of_forty_countries(country: str) -> None:
    for kind in KINDS:
        number = phonenumbers.example_number_for_type(country, kind)
        for form in FORMS:
            text = phonenumbers.format_number(number, form)
            assert REGISTRY["phone"](text), text


@pytest.mark.parametrize("text", ["+1 111 111 1111", "+999 12345678", "+44 1", "0000000000", "+33 0 00"])
def test_what_is_no_number_of_any_plan(text: str) -> None:
    assert not REGISTRY["phone"](text)
