"""Which processes a fleet has: one more where there is a way out of the house, after all the others."""

import threading
from pathlib import Path

import pytest

from services.fleet.deploy import processes_of
from services.fleet.senders import Senders
from services.fleet.settings import FleetSettings
from services.fleet.wiring import Refused
from services.house.settings import Settings
from services.notify.bootstrap import blueprint


def test_a_sender_runs_where_channels_are_named_and_the_others_keep_their_ports(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    fleet = FleetSettings(folder=tmp_path)
    monkeypatch.setenv("SHOUWANG_FLEET", "")
    without = processes_of(fleet)
    monkeypatch.setenv("SHOUWANG_CHANNELS", str(tmp_path / "channels.toml"))
    *others, sender = processes_of(fleet)
    assert others == without
    assert (sender.name, sender.command[-2:]) == ("sender-1", ("sender", "notify"))


def test_without_channels_there_is_nothing_to_send_by():
    settings = Settings(data=None)
    with pytest.raises(Refused, match="SHOUWANG_CHANNELS"):
        Senders(blueprint(settings), settings, threading.Event())
