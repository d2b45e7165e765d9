"""Settings: what is read, what a bad value leads to, and that every table of them says the same."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from vedette.config import Settings, load, state_folder, table

HOME = {"HOME": "/home/ada"}


def test_the_defaults_record_everything_redacted_and_say_so() -> None:
    settings, problems = load(HOME)
    assert problems == ()
    assert settings.trail == Path("/home/ada/.local/state/vedette/trail")
    assert (settings.redact, settings.write_ahead, settings.content, settings.ship, settings.inline) == (
        "all", "actions", "ship", "thread", False,
    )  # fmt: skip


def test_variables_are_read() -> None:
    env = {
        "VEDETTE_TRAIL": "~/t",
        "VEDETTE_DISABLE": "httpx, langgraph,",
        "VEDETTE_INLINE": "Yes",
        "VEDETTE_REDACT": " SECRETS ",
        "VEDETTE_BODY_LIMIT": "64k",
        "VEDETTE_SHUTDOWN": "0.5",
    }
    settings, problems = load({**HOME, **env})
    assert problems == ()
    assert settings.trail == Path("~/t").expanduser()
    assert (settings.disable, settings.inline, settings.redact) == (("httpx", "langgraph"), True, "secrets")
    assert (settings.body_limit, settings.shutdown) == (65536, 0.5)


def test_an_empty_variable_counts_as_unset() -> None:
    assert load({**HOME, "VEDETTE_REDACT": ""}) == load(HOME)


def test_keywords_win_over_variables() -> None:
    settings, _ = load({**HOME, "VEDETTE_REDACT": "off"}, redact="secrets", inline=True, trail=Path("/t"))
    assert (settings.redact, settings.inline, settings.trail) == ("secrets", True, Path("/t"))


def test_keywords_take_what_comes_to_the_same_text() -> None:
    settings, problems = load(HOME, disable=("httpx", "langgraph"), queue=16, shutdown=0.5, inline=False, trail=None)
    assert problems == ()
    assert (settings.disable, settings.queue, settings.shutdown) == (("httpx", "langgraph"), 16, 0.5)
    assert (settings.inline, settings.trail) == (False, state_folder(HOME))


@pytest.mark.parametrize("value", ["sekrets", 0, False, ["off", "x"], object(), b"off", {"off": 1}])
def test_a_keyword_that_is_not_valid_takes_the_safe_side_too(value: object) -> None:
    settings, (problem,) = load({**HOME, "VEDETTE_REDACT": "off"}, redact=value)
    assert settings.redact == "all"
    assert str(problem).startswith("VEDETTE_REDACT=")


def test_a_keyword_that_does_not_exist_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match=r"vedette.start\(\) has no setting 'reduct'; see `vedette config`"):
        load(HOME, reduct="all")


@pytest.mark.parametrize(
    ("variable", "value", "field", "taken"),
    [
        ("VEDETTE_REDACT", "sekrets", "redact", "all"),
        ("VEDETTE_REDACT", "none", "redact", "all"),
        ("VEDETTE_REDACT", "0", "redact", "all"),
        ("VEDETTE_CONTENT", "shipp", "content", "none"),
        ("VEDETTE_WRITE_AHEAD", "no", "write_ahead", "actions"),
        ("VEDETTE_INLINE", "perhaps", "inline", False),
        ("VEDETTE_BODY_LIMIT", "-1", "body_limit", 1024**2),
        ("VEDETTE_BODY_LIMIT", "k", "body_limit", 1024**2),
        ("VEDETTE_QUEUE", "-5", "queue", 2048),
        ("VEDETTE_QUEUE", "0", "queue", 2048),
        ("VEDETTE_SYNC", "tool,prozess", "sync", ("auth", "finding", "change", "close", "tool", "process")),
        ("VEDETTE_SYNC", ",", "sync", ("auth", "finding", "change", "close", "tool", "process")),
        ("VEDETTE_ANCHOR_PERIOD", "0", "anchor_period", 60.0),
        ("VEDETTE_ORIGIN", "acme corp", "origin", "vedette.local"),
        ("VEDETTE_ORIGIN", "acme+corp", "origin", "vedette.local"),
        ("VEDETTE_SHUTDOWN", "nan", "shutdown", 2.0),
        ("VEDETTE_SYNC_TIMEOUT", "1e9", "sync_timeout", 2.0),
        ("VEDETTE_SEMCONV", "1.30", "semconv", "latest"),
    ],
)
def test_a_bad_value_takes_the_safe_side(variable: str, value: str, field: str, taken: object) -> None:
    settings, (problem,) = load({**HOME, variable: value})
    assert getattr(settings, field) == taken
    assert (problem.variable, problem.value) == (variable, value)
    assert str(problem).startswith(f"{variable}={value!r} is not valid: use ")
    assert problem.allowed in str(problem)


def test_no_bad_value_means_less_redaction_than_none_at_all() -> None:
    """Of the three settings that decide what is written in clear, whatever they say but their own words."""
    for value in ("", " ", "ALL ", "offf", "false", "None", "secret", "\x00", "off,all"):
        settings, _ = load({**HOME, "VEDETTE_REDACT": value, "VEDETTE_CONTENT": value})
        assert settings.redact == "all"
        assert settings.content == ("ship" if not value else "none")


def test_several_bad_values_are_all_told() -> None:
    _, problems = load({**HOME, "VEDETTE_REDACT": "x", "VEDETTE_SHIP": "y"})
    assert [each.variable for each in problems] == ["VEDETTE_REDACT", "VEDETTE_SHIP"]


def test_the_trail_lies_in_the_state_folder_else_in_a_temporary_one() -> None:
    assert state_folder({"XDG_STATE_HOME": "/state", **HOME}) == Path("/state/vedette/trail")
    assert state_folder({"XDG_STATE_HOME": "state", **HOME}) != Path("state/vedette/trail")
    assert state_folder({}).name.startswith("vedette-")


def test_the_table_has_every_setting_and_masks_the_key() -> None:
    settings, _ = load({**HOME, "VEDETTE_REDACT_KEY": "ab" * 32})
    assert len(table()) == len(dataclasses.fields(Settings))
    shown = {variable: value for variable, value, _, _ in table(settings)}
    assert shown["VEDETTE_REDACT_KEY"] == "***"
    assert all(variable.startswith("VEDETTE_") and about.endswith(".") for variable, _, _, about in table())


def test_every_default_is_one_of_its_own_allowed_values() -> None:
    for variable, default, _, _ in table():
        settings, problems = load({**HOME, variable: default})
        assert problems == () and settings == load(HOME)[0]


def test_headers_for_a_backend_are_read_and_never_shown() -> None:
    """As OTLP has its own: escaped as in URLs, commas between them."""
    settings, problems = load({**HOME, "VEDETTE_FROM_HEADERS": "X-Scope-OrgID=acme, Authorization=Bearer%20abc==,"})
    assert (settings.from_headers, problems) == ({"X-Scope-OrgID": "acme", "Authorization": "Bearer abc=="}, ())
    assert {row[1] for row in table(settings) if row[0] == "VEDETTE_FROM_HEADERS"} == {"***"}


def test_headers_that_are_none_are_told_of_without_what_they_hold() -> None:
    settings, (problem,) = load({**HOME, "VEDETTE_FROM_HEADERS": "Bearer abc"})
    assert settings.from_headers == {}
    assert "abc" not in str(problem) and str(problem).startswith("VEDETTE_FROM_HEADERS='***' is not valid: use Name=")
