"""A list against the register: whatever stands in either, each of it stands in exactly one place of the result."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.importing.department_list import Ours, compare
from services.ledger.lists import CATEGORIES, Listed

NUMBERS = [f"53039919500302{number:04}" for number in range(6)]
NAMES = sorted(set(CATEGORIES.values()))
PAIRS = st.sets(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NAMES)), max_size=20)
HELD = st.frozensets(st.sampled_from([*NAMES, "violence"]))
ENTRIES = st.lists(st.tuples(st.sampled_from(["", *NUMBERS]), st.booleans(), st.booleans(), HELD), max_size=8)


@given(PAIRS, ENTRIES, st.sets(st.sampled_from(NAMES)))
def test_each_row_and_each_evidence_stands_in_exactly_one_place(
    pairs: set[tuple[str, str]], entries: list[tuple[str, bool, bool, frozenset[str]]], categories: set[str]
):
    listed = [Listed("名单", row, *pair) for row, pair in enumerate(sorted(pairs), 2)]
    ours = [
        Ours(f"E{place}", number, here, here and certified, held if here else frozenset())
        for place, (number, here, certified, held) in enumerate(entries)
    ]
    registered = {one.number for one in ours if one.is_registered}
    found = compare(listed, ours, categories)
    places = Counter(one.place for one in found.differences if one.kind != "on_ours")
    assert set(places.values()) <= {1}
    assert found.same + len(places) == len(listed)
    number_of = {one.elder: one.number for one in ours}
    for one in found.differences:
        if one.kind == "on_ours":
            assert (number_of[str(one.elder)], one.category) not in pairs
        else:
            row = listed[int(one.place.removeprefix("名单 ")) - 2]
            assert (one.category, one.tail) == (row.category, row.number[-4:])
            assert (one.kind == "not_registered") == (row.number not in registered)
            assert (one.elder is None) == (row.number not in number_of.values())
            assert one.elder is None or number_of[one.elder] == row.number
    expected = Counter(
        (one.elder, category)
        for one in ours
        for category in one.evidence & categories
        if one.is_certified and (one.number, category) not in pairs
    )
    assert (
        Counter((one.elder, one.category) for one in found.differences if one.kind == "on_ours") == expected
    )
    agreed = {(one.number, name) for one in ours for name in one.evidence}
    assert found.same == len(pairs & agreed)
