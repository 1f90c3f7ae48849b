"""A question that raises ends its container, so that the process ends and its supervisor starts it again.

Where it does not, the service neither hears nor keeps time nor answers, in a process that lives.
"""

import eventlet
import pytest
from nameko.containers import ServiceContainer

from services.chassis.workers.entrypoints import SERVICES, Polling


class Asking(Polling):
    def poll(self):
        raise OSError("the database is away")


class Asks:
    name = "asks"

    @Asking.decorator
    def ask(self):
        """Never comes to it."""


def test_a_container_whose_question_raises_dies_of_it():
    container = ServiceContainer(Asks, {SERVICES: {Asks.name: None}})
    container.start()
    with eventlet.Timeout(10), pytest.raises(OSError, match="the database is away"):
        container.wait()
