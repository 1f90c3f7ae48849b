"""The door of HTTP: every way in, every field of its command, in the path and in the body."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar.testing import TestClient

from services.chassis.commands.command import Command
from services.house.house import House
from tests.fuzz.hostile import TEXTS, VALUES, Place, places_of, planted, text_of
from tests.unit.http.asks import ACCEPTED, form
from tests.unit.http.conftest import FACES
from tests.unit.http.village import NOW

LONGEST_PATH = 5000  # no server takes more
IN_A_PATH = [one for one in TEXTS if len(one) < LONGEST_PATH]
ANSWERED = {200, 201, 202, 400, 404, 405, 409, 413, 422}
NOTICES = "SELECT recipient FROM notices JOIN tellings USING (telling) WHERE incident = ?"


@dataclass(frozen=True)
class Sent:
    """One request: the way in, its place and the value there."""

    kind: type[Command]
    place: Place
    value: Any


def requests() -> list[Sent]:
    """Every way in × every field × every value that can stand there."""
    made: list[Sent] = []
    for face in FACES:
        for kind in face.commands:
            for place in places_of(kind):
                values = IN_A_PATH if "{" + str(place[0]) + "}" in kind.DECLARED.path else VALUES
                made += [Sent(kind, place, value) for value in values]
    return made


def send(client: TestClient, sent: Sent) -> int:
    """The status; asserts that it is an answer."""
    way = sent.kind.DECLARED
    shape = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", way.path)
    canonical = next(
        (match.groupdict(), ask.body)
        for ask in ACCEPTED
        if ask.method == way.method and (match := re.fullmatch(shape, ask.path))
    )
    in_path, body = canonical
    if sent.place[0] in in_path:
        in_path = in_path | {sent.place[0]: quote(sent.value, safe="", errors="surrogatepass")}
    else:
        body = planted(body, sent.place, sent.value)
    path = re.sub(r"\{(\w+)\}", lambda name: in_path[name[1]], way.path)
    answer = client.request(
        way.method, path, content=text_of(body), headers={"Content-Type": "application/json"}
    )
    shown = (way.method, path[:200], sent.place, repr(sent.value)[:80], answer.text[:500])
    assert answer.status_code in ANSWERED, shown
    assert isinstance(answer.json(), dict), shown
    return answer.status_code


def send_all(client: TestClient, house: House, wanted: list[Sent]) -> Counter[int]:
    """How many of each status; what was taken is heard by everybody."""
    statuses = Counter(send(client, one) for one in wanted)
    house.settle()
    house.services["notify"].advance(NOW)
    house.settle()
    return statuses


def still_goes_through(client: TestClient, house: House) -> None:
    """A good command after all of it: through every service to a notice, and nothing stands or is parked."""
    assert client.post("/elders", json=form("E-after")).status_code == 201
    house.settle()
    told = {"incident": "I-after", "kind": "fall"}
    assert client.post("/elders/E-after/incidents", json=told).status_code == 201
    house.settle()
    house.services["notify"].advance(NOW)
    house.settle()
    assert client.get("/readyz").status_code == 200
    assert [one.parked.list() for one in house.services.values()] == [[]] * 4
    assert [house.lag_of(name) for name in house.services] == [0] * 4
    assert house.views("notify", NOTICES, "I-after")
