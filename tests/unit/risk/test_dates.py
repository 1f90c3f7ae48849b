"""Dates of evidence: given a file, when something is entered, then not of a day before the birth."""

from datetime import date

import pytest

from services.kernel.calendar import midnight
from services.kernel.terms import Evidence
from services.risk.domain import RiskFile
from services.risk.terms import BeforeBirth
from tests.unit.policies import RISK

BORN = date(1950, 1, 1)
NOW = midnight(date(2024, 3, 1))


def test_evidence_is_not_seen_or_cleared_and_nobody_reassessed_before_they_were_born():
    file = RiskFile.open("wang", BORN.isoformat(), at=NOW)
    eve = date(1949, 12, 31)
    with pytest.raises(BeforeBirth):
        file.observe(Evidence.DISABILITY, eve, NOW, RISK)
    file.observe(Evidence.DISABILITY, BORN, NOW, RISK)
    with pytest.raises(BeforeBirth):
        file.clear(Evidence.DISABILITY, eve, NOW)
    with pytest.raises(BeforeBirth):
        file.reassess("lead", "village_lead", eve, NOW, RISK)
    file.clear(Evidence.DISABILITY, BORN, NOW)
    assert file.evidence == set()
