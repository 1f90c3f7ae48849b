"""The rows of section 4, as the township's file has them."""

from dataclasses import replace

import pytest

from tests.unit.policies import DUTIES

PLACES = {
    "full_screening": ("group", "二(二)", "group_cadre", "quarter"),
    "group_activity": ("village", "三(三)2", "village_lead", "month"),
    "health_education": ("village", "三(三)1", "clinic", "quarter"),
    "dispute_screening": ("village", "三(三)6", "village_lead", "half_year"),
    "spot_check": ("village", "三(一)1", "party_service_centre", "year"),
    "data_comparison": ("township", "三(一)2", "leading_group_office", "half_year"),
    "dispatch_meeting": ("township", "二(一)", "leading_group_office", "quarter"),
    "study_meeting": ("township", "二(一)", "leading_group_office", "year"),
    "rights_report": ("township", "三(三)6", "leading_group_office", "half_year"),
    "commendation": ("township", "四(四)", "leading_group_office", "year"),
}


def test_every_duty_of_a_place_stands_in_the_file():
    rows = {
        name: (row.subject, row.clause, row.owed_by, row.owed.kind) for name, row in DUTIES.places.items()
    }
    assert rows == PLACES
    assert {row.owed.times for row in DUTIES.places.values()} == {1}


@pytest.mark.parametrize(
    ("table", "row"), [("follow_up", "red"), ("owed_by", "look_in"), ("clauses", "look_in")]
)
def test_a_table_that_lacks_a_row_is_refused(table: str, row: str):
    rest = {name: value for name, value in getattr(DUTIES, table).items() if name != row}
    with pytest.raises(ValueError, match=f"{table} must have these rows"):
        replace(DUTIES, **{table: rest})
