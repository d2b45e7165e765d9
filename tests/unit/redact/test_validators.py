"""Check digits against published numbers: each holds, and no longer holds with one digit changed."""

from __future__ import annotations

import pytest

from vedette.redact.validators import REGISTRY, entropy, placeholder, stopped

PUBLISHED = [
    ("luhn", "79927398713"),
    ("card", "4111 1111 1111 1111"),
    ("card", "3714-496353-98431"),
    ("iban", "DE89370400440532013000"),
    ("iban", "GB29 NWBK 6016 1331 9268 19"),
    ("aba", "021000021"),
    ("us_npi", "1234567893"),
    ("ca_sin", "046 454 286"),
    ("br_cpf", "529.982.247-25"),
    ("br_cnpj", "11.222.333/0001-81"),
    ("ar_cuit", "20-11111111-2"),
    ("cl_rut", "12.345.678-5"),
    ("mx_curp", "HEGG560427MVZRRL04"),
    ("uk_nhs", "943 476 5919"),
    ("de_tax_id", "86095742719"),
    ("fr_nir", "2 55 08 14 168 025 38"),
    ("es_nif", "12345678Z"),
    ("es_nif", "X1234567L"),
    ("es_cif", "A58818501"),
    ("it_codice_fiscale", "RSSMRA85T10A562S"),
    ("it_vat", "00743110157"),
    ("nl_bsn", "111222333"),
    ("pl_pesel", "44051401359"),
    ("pl_nip", "123-456-32-18"),
    ("se_personnummer", "811228-9874"),
    ("fi_hetu", "131052-308T"),
    ("be_national", "85.07.30-033.28"),
    ("ch_ahv", "756.9217.0769.85"),
    ("pt_nif", "123456789"),
    ("ie_pps", "1234567FA"),
    ("tr_kimlik", "10000000146"),
    ("ro_cnp", "1800101221144"),
    ("in_aadhaar", "2341 2341 2346"),
    ("in_gstin", "27AAPFU0939F1ZV"),
    ("au_tfn", "123 456 782"),
    ("au_abn", "51 824 753 556"),
    ("au_acn", "004085616"),
    ("sg_nric", "S1234567D"),
    ("za_id", "8001015009087"),
    ("jp_my_number", "123456789018"),
    ("cn_resident", "11010519491231002X"),
    ("tw_id", "A123456789"),
    ("il_id", "123456782"),
    ("base58check", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("bech32", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
]


@pytest.mark.parametrize(("name", "number"), PUBLISHED)
def test_published_numbers_hold(name: str, number: str) -> None:
    assert REGISTRY[name](number)


@pytest.mark.parametrize(("name", "number"), PUBLISHED)
def test_a_changed_digit_is_noticed(name: str, number: str) -> None:
    place = next(at for at in range(len(number) - 2, 0, -1) if number[at].isdigit())
    changed = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert not REGISTRY[name](changed)


@pytest.mark.parametrize(
    "text", ["000-12-3456", "666-12-3456", "912-12-3456", "123-00-4567", "123-45-0000", "078-05-1120"]
)
def test_social_security_numbers_that_are_never_given_out(text: str) -> None:
    assert not REGISTRY["us_ssn"](text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("192.168.0.1", True),
        ("127.0.0.1", False),
        ("255.255.255.0", False),
        ("999.1.1.1", False),
        ("2001:db8::8a2e:370:7334", True),
        ("::1", False),
        ("1::2", False),
    ],
)
def test_addresses_that_could_be_somebodys(text: str, holds: bool) -> None:
    assert REGISTRY["ip"](text) is holds


@pytest.mark.parametrize(
    "text", ["****", "xxxxxxxx", "<token>", "${TOKEN}", "{{ token }}", "%(token)s", "$TOKEN", "aaaaaaaa"]
)
def test_placeholders_hide_nothing(text: str) -> None:
    assert placeholder(text)


@pytest.mark.parametrize("text", ["$aact_prod_a8Kd93jf", "hunter22", "p@ss****word1", "-----BEGIN"])
def test_what_may_be_a_secret_is_no_placeholder(text: str) -> None:
    assert not placeholder(text)


def test_stop_words() -> None:
    assert stopped("my-example-key-123")
    assert not stopped("9f8a7c6b5d4e")


def test_entropy_is_shannons() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == pytest.approx(2)
    assert entropy("aabb") == pytest.approx(1)
