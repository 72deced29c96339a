"""URLs never show a password, however badly they are written."""

from __future__ import annotations

import pytest

from checker.live import LiveError, connect, redact
from checker.live.url import one_line, scheme, secrets_in, without_driver

SECRET = "hunter2!"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ann:{SECRET}@db/app",
        f"postgres://ann:{SECRET}@db:5432/app?sslmode=require",
        f"postgresql+psycopg2://ann:{SECRET}@db/app",
        f"postgresql://:{SECRET}@db/app",
        f"postgresql://ann:p@{SECRET}@db/app",
        f"postgresql://ann:a/{SECRET}@db/app",
        f"postgresql://ann:a?b#{SECRET}@db/app",
        f"postgresql:/ann:{SECRET}@db/app",
        f"postgresql:ann:{SECRET}@db/app",
        f"postgresql://db/app?user=ann&password={SECRET}",
        f"postgresql://db/app?sslpassword={SECRET}&user=ann",
        f"postgresql://ann@db/app?PASSWORD={SECRET}",
        "postgresql://ann:hunter2%21@db/app",
        f"mysql://ann:{SECRET}@db/app",
        f"host=db user=ann password={SECRET}",
        f"host=db password = '{SECRET}' user=ann",
    ],
)
def test_a_password_is_hidden(url: str) -> None:
    shown = redact(url)
    assert "hunter2" not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann@db/app",
        "postgresql://db:5432/app",
        "sqlite:///a:b@c.db",
        "postgresql:///app?host=/tmp/x",
    ],
)
def test_a_url_without_a_password_stays_as_it_is(url: str) -> None:
    assert redact(url) == url


def test_secrets_are_known_in_every_spelling() -> None:
    assert {"a b%", "a%20b%25"} <= secrets_in("postgresql://ann:a%20b%25@db/app")
    assert "x y" in secrets_in("postgresql://db/app?password=x+y")


def test_a_password_that_the_driver_takes_for_a_host_is_hidden_too() -> None:
    url = "postgresql://ann:p@ss@w0rd@127.0.0.1:1/app"
    with pytest.raises(LiveError) as problem, connect(url):
        pass
    for part in ("ss@w0rd", "w0rd"):
        assert part not in str(problem.value)


def test_a_message_has_one_line_and_no_secret() -> None:
    assert one_line("no\n  way \x1b[31m in: hunter2!", {"hunter2!"}) == "no way [31m in: ***"
    assert one_line("x" * 400) == "x" * 299 + "…"


@pytest.mark.parametrize(
    ("url", "name"), [("POSTGRESQL://x/y", "postgresql"), ("sqlite:///x", "sqlite"), ("/x", "")]
)
def test_the_scheme(url: str, name: str) -> None:
    assert scheme(url) == name


def test_a_driver_behind_the_scheme_is_left_out() -> None:
    assert without_driver("postgresql+asyncpg://db/app") == "postgresql://db/app"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "not a database URL"),
        ("app.db", "not a database URL"),
        (f"host=db password={SECRET}", "not a database URL"),
        (f"oracle://ann:{SECRET}@db/app", "not a database URL"),
        (f"postgresql:ann:{SECRET}@db", "not a database URL"),
        (f"mysql://ann:{SECRET}@db/app", "not supported yet"),
        (f"mariadb://ann:{SECRET}@db/app", "not supported yet"),
        (f"postgresql://ann:{SECRET}@db:port/app", "port"),
        (f"postgresql://ann:{SECRET}@[db/app", "not a valid URL"),
        (f"postgresql://ann:{SECRET}@db/app?no_such_thing=1", "no_such_thing"),
        (f"postgresql://ann:{SECRET}%zz@db/app", "not a valid URL"),
        (f"postgresql://ann:{SECRET}@db/app?connect_timeout=soon", "connect"),
        ("sqlite://app.db", "three slashes"),
        ("sqlite:app.db", "not a database URL"),
        ("sqlite://", "three slashes"),
        ("sqlite:///", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///a%00b", "zero byte"),
    ],
)
def test_a_bad_url_is_one_clear_line(url: str, said: str) -> None:
    with pytest.raises(LiveError) as problem, connect(url):
        pass
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)
    assert "hunter2" not in str(problem.value)
    assert "hunter2" not in repr(problem.value)
