"""The http face does not start without a token that is kept from others."""

from pathlib import Path

import pytest

from services.chassis.http.settings import read_http_settings
from services.chassis.settings import SettingsError
from tests.unit.http.village import TOKEN


def file_of(folder: Path, text: str, mode: int) -> dict[str, str]:
    file = folder / "token"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return {"SHOUWANG_HTTP_TOKEN_FILE": str(file)}


def test_a_token_from_the_environment_or_from_a_file(tmp_path: Path):
    for given in ({"SHOUWANG_HTTP_TOKEN": TOKEN}, file_of(tmp_path, f"{TOKEN}\n", 0o640)):
        settings = read_http_settings(given | {"SHOUWANG_HTTP_PORT": "8601", "SHOUWANG_DATA": "x"})
        assert (settings.token.get_secret_value(), settings.port) == (TOKEN, 8601)
        assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "SHOUWANG_HTTP_TOKEN_FILE"),
        ({"SHOUWANG_HTTP_TOKEN": TOKEN, "SHOUWANG_HTTP_TOKEN_FILE": "x"}, "SHOUWANG_HTTP_TOKEN_FILE"),
        ({"SHOUWANG_HTTP_TOKEN": "short"}, "SHOUWANG_HTTP_TOKEN"),
        ({"SHOUWANG_HTTP_TOKEN": TOKEN, "SHOUWANG_HTTP_PROT": "1"}, "SHOUWANG_HTTP_PROT"),
        ({"SHOUWANG_HTTP_TOKEN": TOKEN, "SHOUWANG_HTTP_PORT": "0"}, "SHOUWANG_HTTP_PORT"),
        ({"SHOUWANG_HTTP_TOKEN_FILE": "/nowhere/token"}, "/nowhere/token"),
    ],
)
def test_what_cannot_be_used_is_named(given: dict[str, str], told: str):
    with pytest.raises(SettingsError, match=told) as raised:
        read_http_settings(given)
    assert "short" not in str(raised.value).replace("shorter", "")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_file_that_everybody_may_read_is_refused(tmp_path: Path, mode: int):
    with pytest.raises(SettingsError, match="chmod o="):
        read_http_settings(file_of(tmp_path, TOKEN, mode))


def test_an_empty_file_is_no_token(tmp_path: Path):
    with pytest.raises(SettingsError):
        read_http_settings(file_of(tmp_path, "\n", 0o600))
