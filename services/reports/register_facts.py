"""What the facts of the register do to the picture: villages, elders, supporters, carers, figures entered."""

from __future__ import annotations

from collections.abc import Mapping

from services.reports.people import ElderRecord, FigureRecord, Said, VillageRecord
from services.reports.picture import Picture, Take
from services.reports.sources import Fact


def name_township(picture: Picture, fact: Fact) -> None:
    """乡镇名称."""
    picture.township = fact["name"]


def open_village(picture: Picture, fact: Fact) -> None:
    """设村."""
    code = fact.subject
    picture.villages[code] = VillageRecord(code, fact["name"], list(fact["groups"]), fact.id)


def enrol(picture: Picture, fact: Fact) -> None:
    """建档."""
    elder = picture.elder(fact.subject)
    elder.status = Said("enrolled", fact.on, fact.id)
    _learn(elder, fact)
    elder.carer = Said(fact["facts"]["carer"], fact.on, fact.id) if fact["facts"]["carer"] else None
    for row in fact["facts"]["supporters"]:
        elder.supporters[row["id"]] = [Said(row, fact.on, fact.id)]


def change_facts(picture: Picture, fact: Fact) -> None:
    """更新."""
    _learn(picture.elder(fact.subject), fact)


def _learn(elder: ElderRecord, fact: Fact) -> None:
    for name, value in fact["facts"].items():
        elder.facts[name] = Said(value, fact.on, fact.id)


def correct_facts(picture: Picture, fact: Fact) -> None:
    """更正: so all along; what was believed before is in an earlier report."""
    elder = picture.elder(fact.subject)
    _learn(elder, fact)
    for row in elder.facts.pop("supporters").value if "supporters" in fact["facts"] else ():
        elder.supporters.setdefault(row["id"], []).append(Said(row, fact.on, fact.id))


def report_contact(picture: Picture, fact: Fact) -> None:
    """联系方式更新."""
    told = Said(fact["facts"], fact.on, fact.id)
    picture.elder(fact.subject).supporters.setdefault(fact["supporter"], []).append(told)


def change_status(picture: Picture, fact: Fact) -> None:
    """认定, 不再留守, 注销, 并档; an end or a merge that is undone says how the entry stands again."""
    elder = picture.elder(fact.subject)
    status = _STATUSES.get(fact.topic) or fact["status"]
    elder.status = Said(status, fact.on, fact.id)
    elder.reason = fact.held.get("reason", "")
    if fact.topic == "registry.LeftBehindCertified":
        elder.certified.append(elder.status)


def pair(picture: Picture, fact: Fact) -> None:
    """结对."""
    picture.elder(fact.subject).carer = Said(fact["carer"], fact.on, fact.id)


def end_pairing(picture: Picture, fact: Fact) -> None:
    """结对终止: the carer has left the service."""
    picture.elder(fact.subject).carer = None


def transfer(picture: Picture, fact: Fact) -> None:
    """迁村: another village and group; without a carer the pairing has ended."""
    elder = picture.elder(fact.subject)
    for name in ("village", "group"):
        elder.facts[name] = Said(fact[name], fact.on, fact.id)
    elder.carer = Said(fact["carer"], fact.on, fact.id) if fact["carer"] else None


def institution(picture: Picture, fact: Fact) -> None:
    """入住, 离开养老机构."""
    is_in = fact.topic.endswith("Entered")
    picture.elder(fact.subject).in_institution = Said(is_in, fact.on, fact.id) if is_in else None


def move_supporter(picture: Picture, fact: Fact) -> None:
    """赡养义务人外出, 返乡."""
    picture.elder(fact.subject).supporters.setdefault(fact["supporter"], []).append(
        Said(dict(fact.held), fact.on, fact.id)
    )


def enter(picture: Picture, fact: Fact) -> None:
    """填报."""
    one = Said(dict(fact.held), fact.on, fact.id)
    picture.entered[fact["figure"]] = FigureRecord(fact["figure"], fact["kind"], [one])


def correct(picture: Picture, fact: Fact) -> None:
    """更正; one whose first entry is dated later than what is asked about is left out with it."""
    held = picture.entered.get(fact["figure"])
    if held is not None:
        held.entries.append(Said(dict(fact.held), fact.on, fact.id))


_STATUSES = {
    "registry.LeftBehindCertified": "certified",
    "registry.StatusLapsed": "lapsed",
    "registry.StatusEnded": "ended",
    "registry.ElderMerged": "merged",
}
TAKES: Mapping[str, Take] = {
    "registry.TownshipNamed": name_township,
    "registry.TownshipRenamed": name_township,
    "registry.VillageOpened": open_village,
    "registry.ElderEnrolled": enrol,
    "registry.FactsChanged": change_facts,
    "registry.FactsCorrected": correct_facts,
    "registry.ContactReported": report_contact,
    **dict.fromkeys((*_STATUSES, "registry.MergeUndone", "registry.EndUndone"), change_status),
    "registry.CarerPaired": pair,
    "registry.PairingEnded": end_pairing,
    "registry.ElderTransferred": transfer,
    "registry.InstitutionEntered": institution,
    "registry.InstitutionLeft": institution,
    "registry.SupporterLeft": move_supporter,
    "registry.SupporterReturned": move_supporter,
    "registry.FigureEntered": enter,
    "registry.FigureCorrected": correct,
}
