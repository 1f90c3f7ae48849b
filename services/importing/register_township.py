"""The township as the register has it: its villages, their groups, and who holds which role today."""

from __future__ import annotations

from services.house.house import House
from services.importing.township import StaffRow, Township, VillageEntry
from services.kernel.roster import Roster, roster_id
from services.registry.villages import views as village_views
from services.registry.villages.domain import Village, village_id


def township_of(house: House) -> Township:
    """The register's own; of its staff it has ids and no names, so that an id stands in each name's place."""
    log = house.services["registry"].log
    villages = [
        found
        for row in house.views("registry", village_views.EVERY)
        if (found := log.load(Village, village_id(row["village"]))) is not None
    ]
    roster = log.load(Roster, roster_id("registry")) or Roster.empty()
    staff: dict[str | None, list[StaffRow]] = {}
    for name, (role, village) in roster.staff.items():
        if name not in roster.last_days:
            row = StaffRow.model_validate({"id": name, "name": name, "role": role})
            staff.setdefault(village, []).append(row)
    return Township.model_construct(
        name="",
        staff=staff.get(None, []),
        villages=[
            VillageEntry.model_construct(
                code=village.subject,
                name=village.name,
                groups=village.groups,
                staff=staff.get(village.subject, []),
            )
            for village in villages
        ],
    )
