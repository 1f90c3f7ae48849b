"""Problems overdue: given a step that nobody took, when the morning comes, then who owes it reads of it alone."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts import registry, visits
from contracts.base import Told
from contracts.notify import RemindersSent
from services.house.facts import of
from services.kernel.terms import CARERS, Role
from services.notify import translation
from services.notify.mailbox import views as mailbox_views
from services.notify.tellings import views as telling_views
from tests.unit.notify.test_application import MIDNIGHT, NOON, Township, opened
from tests.unit.notify.test_reminders import nearly
from tests.unit.policies import NOTIFY

EIGHT = NOON.replace(hour=8)
DESK, UNIT = "centre", "doctor"
OTHERS = {DESK: "party_service_centre", UNIT: "clinic", "cadre": "group_cadre"}
ROBOT = '[township]\nchannels = ["robot"]\n[channels.robot]\nkind = "wecom"\nurl = "https://robot.example/"\n'


def staffed(township: Township) -> Township:
    for staff, role in OTHERS.items():
        township.hear(registry.StaffAppointed(on=NOON.date(), staff=staff, role=role, village=None))
    return township


@pytest.fixture
def township() -> Iterator[Township]:
    with opened() as held:
        yield staffed(held)


def overdue(*roles: str, kind: str = "housing", unit: str | None = None, problem: str = "p1") -> Told:
    said: dict[str, Any] = {"stage": "handed" if unit else "opened", "due": date(2024, 2, 29), "unit": unit}
    about = {"problem": problem, "elder": "wang", "kind": kind, "owed_by": list(roles)}
    return visits.ProblemOverdue.model_validate({"on": NOON.date(), **about, **said})


def readers(township: Township) -> dict[str, list[str]]:
    rows = township.log.query("SELECT recipient, items FROM messages ORDER BY recipient")
    return {row["recipient"]: [item["about"] for item in json.loads(row["items"])] for row in rows}


def test_desk_and_unit_read_of_it_in_the_mornings_digest_and_nobody_else(township: Township):
    township.hear(overdue("clinic", "party_service_centre", unit="clinic"))
    township.until(EIGHT - timedelta(seconds=1))
    assert readers(township) == {}
    township.until(EIGHT)
    assert readers(township) == {DESK: ["overdue"], UNIT: ["overdue"]}
    (item,) = json.loads(township.log.query(mailbox_views.INBOX, UNIT, 1)[0]["items"])
    assert [item[key] for key in ("subject", "problem", "stage", "unit", "due")] == [
        *("wang", "p1", "handed", "clinic", "2024-02-29")
    ]


def test_it_is_no_notice_and_one_digest_with_what_is_nearly_due(township: Township):
    township.hear(overdue("clinic"))
    township.hear(nearly("health_follow_up", owed_by="clinic", responsible=UNIT))
    township.until(EIGHT + timedelta(days=3))
    assert readers(township) == {UNIT: ["overdue", "reminder"]}
    assert (township.notices(), township.log.query(telling_views.WAITING)) == ([], [])


@pytest.mark.parametrize("kind", ["abuse", "abandonment", "violence", "unlawful_harm"])
def test_of_a_confidential_one_no_carer_ever_reads(township: Township, kind: str):
    township.hear(overdue("leading_group_office", *sorted(CARERS), kind=kind))
    township.until(EIGHT)
    assert readers(township) == {"office": ["overdue"]}


def test_a_carer_whose_part_it_is_reads_of_any_other(township: Township):
    township.hear(overdue("group_cadre", "party_service_centre", unit="group_cadre"))
    township.until(EIGHT)
    assert set(readers(township)) == {"cadre", DESK}


def test_a_group_counts_each_once_and_none_that_is_confidential(tmp_path: Path):
    path = tmp_path / "channels.toml"
    path.write_text(ROBOT)
    path.chmod(0o600)
    township = staffed(Township(path))
    township.hear(overdue("clinic", "party_service_centre", unit="clinic"))
    township.hear(overdue("leading_group_office", kind="abuse", problem="p2"))
    township.until(EIGHT)
    (planned,) = [one.event for one in township.log.events(0) if hasattr(one.event, "counts")]
    assert planned.counts == {"overdue": 1}
    township.log.close()


def test_a_step_that_was_told_to_nobody_before_is_told_to_nobody_now(township: Township):
    township.hear(overdue())
    assert township.notify.next_due() is None


def test_others_are_told_and_a_fact_is_read_of_it(township: Township):
    township.hear(overdue("clinic"), MIDNIGHT)
    township.until(EIGHT)
    told = [found.told for one in township.log.events(0) if (found := translation.translate(one.event))]
    (sent,) = [one for one in told if isinstance(one, RemindersSent)]
    assert (sent.to, sent.reminders, sent.overdue[0].problem) == (UNIT, [], "p1")

    class Served:
        log = township.log
        translate = staticmethod(translation.translate)

    (fact,) = of(Served())
    assert (fact["fact"], fact["about"], fact["to"], fact["stage"]) == ("reminder", "overdue", UNIT, "opened")


def test_no_role_that_the_row_could_name_above_is_a_carers():
    assert not {Role(level) for level in NOTIFY.levels[1:]} & CARERS
