"""The private file of channels: read where it is private and right, else refused with what to do."""

from pathlib import Path

import pytest

from services.notify.channels.mail import Tls
from services.notify.channels.settings import Channels, ChannelsError, DingTalk, Mail, WeCom, read_channels

GOOD = """
[township]
channels = ["mail"]
[villages.530325105201]
channels = ["robot", "in_app"]
label = "高良村"
[people.w-011]
mail = "lead@village.example"
phone = "13800000000"
[channels.robot]
kind = "dingtalk"
url = "https://oapi.dingtalk.com/robot/send?access_token=t"
secret = "SEC1"
[channels.mail]
kind = "mail"
host = "smtp.example"
port = 465
sender = "shouwang@township.example"
"""
HOOK = '[channels.hook]\nkind = "webhook"\nsecret = "0123456789abcdef"\n'


def read(folder: Path, text: str, mode: int = 0o600) -> Channels:
    path = folder / "channels.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return read_channels(path)


def refused(folder: Path, text: str, mode: int = 0o600) -> str:
    with pytest.raises(ChannelsError) as error:
        read(folder, text, mode)
    return str(error.value)


def test_a_village_has_its_own_channels_and_the_others_those_of_the_township(tmp_path: Path):
    known = read(tmp_path, GOOD)
    assert known.place("530325105201").channels == ("robot", "in_app")
    assert known.place("530325105202").channels == ("mail",)
    assert known.address_of("w-011", known.channels["mail"]) == "lead@village.example"
    assert known.address_of("w-011", known.channels["robot"]) is None
    assert known.address_of("w-012", known.channels["mail"]) is None


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o620, 0o602])
def test_a_file_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int):
    assert "chmod 600" in refused(tmp_path, GOOD, mode)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[township]\nchannels = ['fax']", "no such channel: fax"),
        (HOOK + 'url = "http://hook.example/"', "https://host/path is needed"),
        (HOOK + 'url = "https://user:pw@hook.example/"', "without user"),
        (HOOK + 'url = "https:///path"', "https://host/path is needed"),
        (HOOK + 'url = "https://hook.example/"\nseconds = 60', "less than or equal to 8"),
        (HOOK.replace("abcdef", "") + 'url = "https://hook.example/"', "at least 16"),
        ('[channels.x]\nkind = "fax"', "does not match any of the expected tags"),
        (GOOD.replace("高良村", "Wang 530325"), "Chinese characters alone"),
        (GOOD.replace('secret = "SEC1"', "per_minute = 21"), "less than or equal to 20"),
        (GOOD.replace("port = 465", 'port = 25\ntls = "none"\npassword = "p"'), "password is not sent"),
        (GOOD.replace("lead@village.example", "a@b.c\\nBcc: d@e.f"), "a mail address"),
        (GOOD.replace("13800000000", "call me"), "digits alone"),
        ("[channels.Robot]\nkind = 'wecom'\nurl = 'https://a.example/'", "small letters"),
        ("[channels.x]\naddress = 'tgram://1:2/3'", "dingtalk://SECRET@TOKEN"),
        ("[channels", "is not TOML"),
    ],
)
def test_what_is_not_usable_is_refused_by_name(tmp_path: Path, text: str, told: str):
    assert told in refused(tmp_path, text)


def test_no_refusal_and_no_text_of_it_shows_a_secret(tmp_path: Path):
    said = refused(tmp_path, GOOD.replace('host = "smtp.example"', 'password = "hush-hush"'))
    assert "hush-hush" not in said
    assert "SEC1" not in said
    assert "SEC1" not in repr(read(tmp_path, GOOD))
    assert "access_token" not in repr(read(tmp_path, GOOD))


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(ChannelsError, match="cannot be read"):
        read_channels(tmp_path / "none.toml")


def test_an_apprise_address_says_the_same(tmp_path: Path):
    known = read(
        tmp_path,
        """
[channels.a]
address = "dingtalk://SECabc@abcdef123456"
[channels.b]
address = "wecombot://botkey-123"
per_minute = 10
[channels.c]
address = "mailtos://office:pw@qq.com"
""",
    ).channels
    assert known["a"] == DingTalk(
        kind="dingtalk",
        url="https://oapi.dingtalk.com/robot/send?access_token=abcdef123456",
        secret="SECabc",  # noqa: S106 - made up
    )
    assert known["b"] == WeCom(
        kind="wecom", url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=botkey-123", per_minute=10
    )
    assert known["c"] == Mail(
        kind="mail",
        host="smtp.qq.com",
        port=587,
        tls=Tls.STARTTLS,
        sender="office@qq.com",
        user="office@qq.com",
        password="pw",  # noqa: S106 - made up
    )
