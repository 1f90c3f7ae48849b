"""A command that is typed has a key: where nobody knows whether it was recorded it is asked again, and is the same."""

from collections.abc import Sequence

from eventsourcing.persistence import OperationalError

from services.chassis.commands.command import Answer, Asked, Outcome
from services.cli.taking import ask
from services.house.house import House, opened
from services.house.settings import Settings
from services.registry.elders.commands import Appoint


class Cut:
    """A house whose first answer is lost after it was recorded."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.asked: list[Asked] = []

    def take_many(self, asked: Sequence[Asked]) -> list[Answer]:
        self.asked += asked
        answers = self.house.take_many(asked)
        if len(self.asked) == 1:
            raise OperationalError("the connection was lost")
        return answers


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key():
    with opened(Settings(data=None), is_alone=True) as house:
        cut = Cut(house)
        answer = ask(cut, Appoint(staff="w-1", role="party_service_centre"))  # type: ignore[arg-type]
        assert answer.outcome is Outcome.REPEAT
        assert len({one.key for one in cut.asked}) == 1
        assert len({one.key for one in (Asked(one.command, one.at) for one in cut.asked)}) == 2
