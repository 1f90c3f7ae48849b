"""`shouwang notices`: an operator tries a channel, sees what failed and why, mends it and has it sent again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from services.house.house import opened
from services.house.settings import Settings
from services.kernel.calendar import SHANGHAI
from services.notify.channels.outcomes import Failed
from services.notify.channels.settings import read_channels
from services.notify.deliveries.domain import Delivery, Way
from services.notify.deliveries.sender import Postman
from tests.integration.channels.servers import Receiver, receiving

SHOUWANG = str(Path(sys.executable).with_name("shouwang"))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as held:
        yield held


class Office:
    """A folder of its own, and what the operator sees."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.path = folder / "channels.toml"
        hook = f'kind = "webhook"\nurl = "{url}"\nsecret = "0123456789abcdef"\nallow_private = true'
        mail = 'kind = "mail"\nhost = "smtp.example"\nport = 465\nsender = "a@b.example"'
        used = '[township]\nchannels = ["mail"]'
        self.path.write_text(f"{used}\n[channels.hook]\n{hook}\n[channels.mail]\n{mail}\n")
        self.path.chmod(0o600)

    def notices(self, *words: str) -> tuple[int, str]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOUWANG_")}
        environ |= {"SHOUWANG_DATA": str(self.folder / "data"), "SHOUWANG_CHANNELS": str(self.path)}
        done = subprocess.run(
            [SHOUWANG, "notices", *words],
            env={**environ, "SHOUWANG_FLEET": "", "COLUMNS": "250", "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def fail_one(self) -> str:
        """A delivery that was refused; its id."""
        at = datetime.now(SHANGHAI)
        with opened(Settings(data=self.folder / "data")) as house:
            log = house.services["notify"].log
            with log.unit("test") as unit:
                way = Way("hook", "webhook")
                planned = unit.add(Delivery.plan(["1"], way, "V1", {"missed": 1}, at, is_urgent=False))
            Postman(log, read_channels(self.path), lambda *_: Failed("refused")).advance(lambda: at)
            return str(planned.id)


def test_a_channel_is_tried_by_a_message_that_says_so(tmp_path: Path, receiver: Receiver):
    office = Office(tmp_path, receiver.url("/hook"))
    code, said = office.notices("test", "hook")
    assert (code, said.splitlines()[0]) == (0, "hook: sent")
    assert "通道测试" in receiver.seen[0].content["text"]


def test_a_channel_that_does_not_work_says_why(tmp_path: Path, receiver: Receiver):
    office = Office(tmp_path, receiver.url("/status/404"))
    code, said = office.notices("test", "hook")
    assert (code, said.splitlines()[0]) == (1, "hook: refused")


def test_a_channel_that_no_village_uses_is_named_where_an_operator_looks(tmp_path: Path, receiver: Receiver):
    office = Office(tmp_path, receiver.url("/hook"))
    for words in (("test", "hook"), ("failed",)):
        said = office.notices(*words)[1]
        assert "hook: 还没有村使用" in said
        assert "mail: 还没有村使用" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [(("fax",), "no such channel; known: hook, mail"), (("mail",), "no address of this person")],
)
def test_what_cannot_be_tried_is_refused_with_what_there_is(
    tmp_path: Path, words: tuple[str, ...], told: str
):
    code, said = Office(tmp_path, "https://hook.example/").notices("test", *words)
    assert code == 2
    assert told in " ".join(said.replace("│", " ").split())


def test_a_file_that_others_can_read_is_refused(tmp_path: Path):
    office = Office(tmp_path, "https://hook.example/")
    office.path.chmod(0o644)
    code, said = office.notices("test", "hook")
    assert code == 2
    assert "chmod 600" in said


def test_what_failed_is_listed_with_its_reason_and_sent_again_once(tmp_path: Path):
    office = Office(tmp_path, "https://hook.example/")
    delivery = office.fail_one()
    code, said = office.notices("failed")
    assert code == 0
    assert delivery in said
    assert "refused" in said
    assert office.notices("resend", "--all")[0] == 0
    assert delivery not in office.notices("failed")[1]
    code, said = office.notices("resend", delivery)
    assert code == 1
    assert "只有失败的投递可以重发" in said


def test_resending_needs_one_delivery_or_all(tmp_path: Path):
    office = Office(tmp_path, "https://hook.example/")
    assert office.notices("resend")[0] == 2
    assert office.notices("resend", "7d3c2a64-6f0e-5b3e-9b55-0d4f1c5f2b11", "--all")[0] == 2
