"""数据比对情况: of a half-year, each list compared, by kind of key person, and every difference with its decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.kernel.labels import chinese
from services.reports.care_card import WHO, who_of
from services.reports.comparison_facts import TO_BE_VISITED, ComparisonRecord, DifferenceRecord
from services.reports.figures import Column, Figure, ReportTable, figure, summed
from services.reports.people import Said
from services.reports.redaction import HIDDEN
from services.reports.scope import Scope, half_year

KINDS = ("on_theirs", "on_ours", "not_registered")
DECISIONS = ("accepted", "rejected", TO_BE_VISITED, "")
WORDS = {
    "on_theirs": "名单有、本册无",
    "on_ours": "本册有、名单无",
    "not_registered": "未建档",
    "accepted": "采纳",
    "rejected": "不采纳",
    TO_BE_VISITED: "待入户核实",
    "": "未作结论",
}
_COUNTS = (
    *(Column(kind, WORDS[kind], 5) for kind in KINDS),
    Column("differences", "差异合计", 5),
    Column("accepted", "采纳", 4),
    Column("rejected", "不采纳", 4),
    Column("to_be_visited", "待入户核实", 4),
    Column("undecided", "未作结论", 4),
)
_LISTS = (
    Column("comparison", "比对编号", 9),
    Column("department", "部门", 6),
    Column("compared_on", "名单日期", 6),
    Column("made_on", "比对日期", 6),
    Column("by", "比对人", 5),
    Column("same", "一致", 4),
    *_COUNTS,
)
_CATEGORIES = (Column("category", "重点对象类别", 10), *_COUNTS)
_DIFFERENCES = (
    Column("comparison", "比对编号", 7),
    Column("number", "序号", 2),
    Column("kind", "差异", 4),
    Column("category", "类别", 5),
    *WHO,
    Column("place", "名单位置", 5),
    Column("tail", "号码尾数", 3),
    Column("to_be_visited_on", "列入核实日期", 5.5),
    Column("decision", "结论", 4),
    Column("decided_on", "结论日期", 5.5),
    Column("by", "结论人", 5),
    Column("reason", "理由", 18),
)
_NOBODY = (Figure(),) * len(WHO)


def tables(scope: Scope) -> tuple[ReportTable, ...]:
    """Lists of the half-year as of which they were compared; with a village or an elder, their differences alone."""
    made = sorted(
        scope.picture.comparisons.made.values(),
        key=lambda comparison: (comparison.compared_on, comparison.comparison),
    )
    mine = [comparison for comparison in made if half_year(comparison.compared_on) == half_year(scope.begins)]
    shown = {one.comparison: _shown(scope, one) for one in mine}
    lists = [_list(scope, one, shown[one.comparison]) for one in mine]
    return (
        ReportTable(
            "lists", "一、比对名单", _LISTS, tuple(lists), summed(lists, range(5, len(_LISTS)), "合计")
        ),
        _by_category(scope, [difference for held in shown.values() for difference in held]),
        ReportTable(
            "differences",
            "三、差异明细",
            _DIFFERENCES,
            tuple(_row(scope, name, one) for name, held in shown.items() for one in held),
            held=2,
        ),
    )


def _shown(scope: Scope, one: ComparisonRecord) -> list[DifferenceRecord]:
    """Those of the elders asked for; whoever is not on the register belongs to no village."""
    if scope.asked.village is None and scope.asked.elder is None:
        return one.differences
    wanted = {elder.elder for elder in scope.elders}
    return [held for held in one.differences if held.elder in wanted]


def _list(scope: Scope, one: ComparisonRecord, shown: list[DifferenceRecord]) -> tuple[Figure, ...]:
    ids = (one.made.id,)
    is_whole = scope.asked.village is None and scope.asked.elder is None
    return (
        Figure(one.comparison, ids),
        Figure(one.made.value["department"], ids),
        Figure(one.compared_on, ids),
        Figure(one.made.on, ids),
        Figure(one.made.value["by"], ids),
        Figure(one.same, ids) if is_whole else Figure(),
        *_counts(shown),
    )


def _by_category(scope: Scope, shown: list[DifferenceRecord]) -> ReportTable:
    """Under one row for those who may not read what ails somebody: there may be one person alone of a kind."""
    held: dict[str, list[DifferenceRecord]] = {}
    for difference in sorted(shown, key=lambda difference: difference.category):
        held.setdefault(chinese(difference.category) if scope.redaction.sees_names else HIDDEN, []).append(
            difference
        )
    rows = [(Figure(category), *_counts(mine)) for category, mine in held.items()]
    totals = summed(rows, range(1, len(_CATEGORIES)), "合计")
    return ReportTable("categories", "二、按类别", _CATEGORIES, tuple(rows), totals)


def _counts(shown: Sequence[DifferenceRecord]) -> tuple[Figure, ...]:
    return (
        *(_count(difference for difference in shown if difference.kind == kind) for kind in KINDS),
        _count(shown),
        *(_count(one for one in shown if one.decision == decision) for decision in DECISIONS),
    )


def _count(found: Iterable[DifferenceRecord]) -> Figure:
    held = list(found)
    return figure(len(held), [identity for difference in held for identity in difference.ids])


def _row(scope: Scope, comparison: str, one: DifferenceRecord) -> tuple[Figure, ...]:
    elder, ids, last = scope.picture.elders.get(one.elder), (one.found.id,), one.concluded
    visit = one.to_be_visited
    return (
        Figure(comparison, ids),
        Figure(one.number, ids),
        Figure(WORDS[one.kind], ids),
        scope.redaction.private(Said([one.category], one.found.on, one.found.id)),
        *(_NOBODY if elder is None else who_of(scope, elder)),
        Figure(one.place, ids if one.place else ()),
        Figure(one.tail if scope.redaction.sees_numbers or not one.tail else HIDDEN, ids if one.tail else ()),
        Figure() if visit is None else Figure(visit.on, (visit.id,)),
        figure(WORDS[one.decision], [held.id for held in one.decisions]),
        Figure() if last is None else Figure(last.on, (last.id,)),
        _of_last(scope, one, "by"),
        _of_last(scope, one, "reason"),
    )


def _of_last(scope: Scope, one: DifferenceRecord, field: str) -> Figure:
    """Of the decision that stands, be it a visit to come; why is for those who read names."""
    if not one.decisions:
        return Figure()
    last = one.decisions[-1]
    held = Said(last.value[field], last.on, last.id)
    return scope.redaction.private(held) if field == "reason" else Figure(held.value, (held.id,))
