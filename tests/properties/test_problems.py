"""Whatever is asked about problems: carers see no confidential one, one referral is open, what is read is right."""

from collections import Counter
from contextlib import closing
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.commands.command import Command
from services.chassis.reading.read_model import Rebuilt
from services.house.house import House, opened
from services.house.settings import Settings
from services.kernel.calendar import midnight
from services.registry.elders.commands import Appoint
from services.visits import commands as care
from tests.unit.http.village import NOW, people
from tests.unit.policies import DUTIES

POLICY = DUTIES.problems
CARERS = ("grid", "cadre")
STAFF = (*CARERS, "lead", "centre", "clinic", "office", "nobody")
KINDS = ("abuse", "violence", "critical_illness", "referral", "housing", "support_failure")
WORDS = "涉密内容"

Asked = tuple[str, str, str, str, str, int]
ASKED = st.lists(
    st.tuples(
        st.sampled_from(["open", "open", "accept", "hand", "note", "handle", "close", "verify", "reopen"]),
        st.sampled_from(["p0", "p1", "p2", "referral:E000:1"]),
        st.sampled_from(KINDS),
        st.sampled_from(STAFF),
        st.sampled_from(["clinic", "police", "group_cadre"]),
        st.sampled_from([0, 0, 1, 20]),
    ),
    min_size=5,
    max_size=25,
)


STEPS: dict[str, type[Command]] = {
    "open": care.OpenProblem,
    "accept": care.AcceptProblem,
    "hand": care.HandProblem,
    "note": care.NoteProgress,
    "handle": care.HandleProblem,
    "close": care.CloseProblem,
    "verify": care.VerifyProblem,
    "reopen": care.ReopenProblem,
}


def command_of(asked: Asked, today: date) -> Command:
    step, problem, kind, by, unit, _ = asked
    elder = f"E00{int(problem[-1]) % 2}"
    given = {"problem": problem, "by": by, "text": WORDS, "elder": elder, "kind": kind, "on": today}
    given |= {"unit": unit, "units": [unit]}
    fields = STEPS[step].model_fields
    return STEPS[step].model_validate({key: value for key, value in given.items() if key in fields})


def check(house: House) -> None:
    reads, log = house.services["visits"].application.problems, house.services["visits"].log
    rows = log.query("SELECT problem, elder, kind, stage FROM problems")
    for carer in CARERS:
        assert {one["kind"] for one in reads.seen_by(carer, 200)}.isdisjoint(POLICY.confidential)
    for row in rows:
        alone = [one for carer in CARERS for one in reads.one_seen_by(carer, row["problem"])]
        assert row["kind"] not in POLICY.confidential or not alone
    is_open = [row["elder"] for row in rows if row["kind"] == "referral" and row["stage"] not in DONE]
    assert all(number == 1 for number in Counter(is_open).values())


EXAMPLES = max(settings().max_examples // 4, 1)
DONE = ("closed", "verified")


@given(ASKED)
@settings(max_examples=EXAMPLES)
def test_carers_see_no_confidential_problem_and_one_referral_is_open_whatever_is_asked(asked: list[Asked]):
    with opened(Settings(data=None)) as house:
        people(house, 2)
        for staff, role in (("cadre", "group_cadre"), ("office", "leading_group_office")):
            house.take(Appoint.model_validate({"staff": staff, "role": role}), NOW)
        house.settle()
        at = NOW
        for one in asked:
            for _ in range(one[-1]):
                at = midnight(at.date() + timedelta(days=1))
                house.services["registry"].advance(at)
                house.settle()
            house.take(command_of(one, at.date()), at)
            house.settle()
            check(house)
        held = house.services["visits"]
        with closing(Rebuilt(held.log, held.model)) as made:
            made.catch_up()
            assert made.differing() == []
