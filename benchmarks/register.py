"""A large register, made of one elder's history: what a person's history and a night cost, and whether the size tells.

The services decide one elder's whole history; its stored events and rows are then copied under other names by the
database itself, into the places where the services look for them.
"""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from time import perf_counter
from uuid import uuid4

import psycopg

from benchmarks import people
from benchmarks.results import Result, say
from benchmarks.stand import Stand, standing
from contracts.catalogue import PARTITIONS
from contracts.envelope import partition_of
from services.chassis.commands.command import Asked, Command
from services.history.timeline import history
from services.house.house import House
from services.kernel.calendar import ONE_DAY, SHANGHAI, midnight
from services.registry.elders.commands import Appoint, Enrol, OpenVillage
from services.servers import Urls
from services.visits.commands import RecordVisit

BEGINS = datetime(2024, 1, 5, 9, tzinfo=SHANGHAI)
MODEL, PERSON = "E0000000", "E0000008"
DUE = 10_000
FIRST, MORE = 10_000, 100_000
LIVES = {
    "registry": "registry:elder:",
    "risk": "risk:elder:",
    "visits": "visits:elder:",
    "notify": "notify:elder:",
}
_EVENTS = """
INSERT INTO {service}.stored_events (originator_id, originator_version, topic, state)
SELECT uuid_generate_v5(uuid_ns_url(), '{life}' || made.elder), kept.originator_version, kept.topic,
  convert_to(replace(convert_from(kept.state, 'UTF8'), '{model}', made.elder), 'UTF8')
FROM made JOIN {service}.stored_events kept ON kept.originator_id = uuid_generate_v5(uuid_ns_url(), '{life}{model}')
ORDER BY made.place, kept.originator_version"""
_ROWS = (
    (
        "INSERT INTO registry.elders SELECT made.elder, name, village, village_group, born, status, since, carer,"
        " reason, wake FROM made, registry.elders kept WHERE kept.elder = '{model}'"
    ),
    (
        "INSERT INTO risk.grades SELECT made.elder, made.part, grade, since, because, due, wake FROM made,"
        " risk.grades kept WHERE kept.elder = '{model}'"
    ),
    (
        "INSERT INTO visits.records SELECT made.elder, kind, made.part, village,"
        " CASE WHEN made.place <= {due} THEN wake ELSE '2999-01-01' END FROM made, visits.records kept"
        " WHERE kept.subject = '{model}'"
    ),
    (
        "INSERT INTO visits.duties SELECT -kept.seq - 1000 * made.place, made.elder, village, duty, period, opens_on,"
        " closes_on, count, kept.status, ended_on, shortfall, responsible, grade, reconciled_on, days_late"
        " FROM made, visits.duties kept WHERE kept.subject = '{model}'"
    ),
)

_NEXT = (
    "SELECT wake, COUNT(*) AS number FROM records WHERE subject LIKE 'M%' GROUP BY wake ORDER BY wake LIMIT 1"
)


def run(urls: Urls, rounds: int, seconds: float) -> None:
    """Rows 6 and 7, on one stand that grows."""
    del seconds
    person = Result("6-one-persons-history", "≤ 50 ms for 1,000 events, and flat whatever the register holds")
    night = Result("7-nightly-tick", f"{DUE:,} due among ten times as many elders ≤ 2 × among 2 × {FIRST:,}")
    with standing(urls) as stand:
        settings = stand.settings.model_copy(update={"amqp_url": "memory://"})
        house = House(settings, is_alone=True)
        try:
            _begin(house)
            _grow(stand, house, 1, FIRST)
            few = [_history(house, person, FIRST) for _ in range(10 * rounds)]
            _grow(stand, house, FIRST + 1, 2 * FIRST)
            short = [_tick(house, night, 2 * FIRST) for _ in range(rounds)]
            _grow(stand, house, 2 * FIRST + 1, MORE)
            many = [_history(house, person, MORE) for _ in range(10 * rounds)]
            _grow(stand, house, MORE + 1, 2 * MORE)
            long = [_tick(house, night, 2 * MORE) for _ in range(rounds)]
        finally:
            house.close()
    for one, other in zip(few, many, strict=True):
        person.ratio(f"history among {MORE:,} / among {FIRST:,}", other / one)
    for one, other in zip(short, long, strict=True):
        night.ratio(f"time an event among {2 * MORE:,} / among {2 * FIRST:,}, {DUE:,} due", other / one)
    person.end()
    night.end()


def _begin(house: House) -> None:
    """Villages, staff, the model and a person with a thousand events, all told and heard."""
    commands: list[Command] = [OpenVillage(village=one, name=one, groups=["一组"]) for one in people.VILLAGES]
    staff = [*people.TOWNSHIP, *(one for village in people.VILLAGES for one in people.staff_of(village))]
    commands += [
        Appoint.model_validate({"staff": who, "role": role, "village": at}) for who, role, at in staff
    ]
    house.services["registry"].advance(midnight(BEGINS.date()))
    _take(house, commands, BEGINS)
    _take(house, [_enrol(MODEL), _enrol(PERSON)], BEGINS)
    visits = [RecordVisit.model_validate_json(_visit()) for _ in range(1000 - len(history(house, PERSON)))]
    _take(house, list(visits), BEGINS + timedelta(hours=1))


def _enrol(elder: str) -> Command:
    return Enrol.model_validate_json(json.dumps(people.enrolment(elder, people.village_of(elder))))


def _visit() -> str:
    by = f"{people.village_of(PERSON)}-grid_worker"
    return (
        f'{{"visit": "{uuid4().hex}", "elder": "{PERSON}", "by": "{by}", "on": "{BEGINS.date()}",'
        ' "mode": "in_person", "check_up": false, "confirms_facts": false}'
    )


def _take(house: House, commands: list[Command], at: datetime) -> None:
    answers = house.take_many([Asked(one, at, uuid4().hex) for one in commands])
    if refused := [answer for answer in answers if not answer.is_taken]:
        raise RuntimeError(f"not taken: {refused[0]}")
    house.settle()


def _grow(stand: Stand, house: House, first: int, last: int) -> None:
    """More elders; what is copied counts as told."""
    say(f"register: to {last:,} elders")
    begun = perf_counter()
    with psycopg.connect(stand.admin_url) as admin:
        admin.execute('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"')
        admin.execute("CREATE TEMP TABLE made (place bigint, elder text, part int) ON COMMIT DROP")
        with admin.cursor().copy("COPY made FROM STDIN") as copy:
            for place in range(first, last + 1):
                elder = f"M{place:07}"
                copy.write_row((place, elder, partition_of(elder, PARTITIONS)))
        for service, life in LIVES.items():
            admin.execute(_EVENTS.format(service=service, life=life, model=MODEL).encode())
        for statement in _ROWS:
            admin.execute(statement.format(model=MODEL, due=DUE).encode())
    with psycopg.connect(stand.admin_url, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
    for service in house.services.values():
        service.log.relayed_to(service.log.size())
        service.relay.lead(service.log.relayed_to)
    say(f"register: {last - first + 1:,} elders made in {perf_counter() - begun:.0f} s")


def _history(house: House, result: Result, elders: int) -> float:
    begun = perf_counter()
    lines = history(house, PERSON)
    took = perf_counter() - begun
    result.add(f"ms for {len(lines)} events among {elders:,} elders", 1000 * took)
    result.ratio(f"ms / 50 ms, among {elders:,}", 1000 * took / 50)
    return took


def _tick(house: House, result: Result, elders: int) -> float:
    """The next night on which the copied elders' periods end; the nights before it are not counted."""
    rows = house.views("visits", _NEXT)
    day, due = date.fromisoformat(rows[0]["wake"]), rows[0]["number"]
    _turn(house, day - ONE_DAY)
    before = {name: service.log.size() for name, service in house.services.items()}
    begun = perf_counter()
    _turn(house, day)
    took = perf_counter() - begun
    made = sum(service.log.size() - before[name] for name, service in house.services.items())
    say(f"night of {day}: {due:,} due among {elders:,}, {made:,} events, {took:.1f} s")
    result.add(f"seconds a night, {due:,} due among {elders:,} elders", took)
    result.add(f"events a second of the night, among {elders:,}", made / took)
    return took / made  # one night closes a month and another a quarter: they do not bring the same


def _turn(house: House, day: date) -> None:
    house.services["registry"].advance(datetime.combine(day, time(), SHANGHAI))
    house.settle()
