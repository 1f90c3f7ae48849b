"""`shouwang policy check`: what is out of range, and what contradicts something else, each named by its line."""

from pathlib import Path

import pytest

from services.chassis.policy.files import line_of, read_file
from services.policy_lab.versions import faults_in
from tests.acceptance.revised import revised
from tests.acceptance.test_cli import shouwang

CONTRADICTIONS = [
    (
        "visits.follow_up.red.times",
        ('red = { kind = "month", times = 2', 'red = { kind = "month", times = 0'),
        "1",
    ),
    (
        "visits.look_in.times",
        ('look_in = { kind = "week", times = 1 }', 'look_in = { kind = "week", times = 8 }'),
        "7",
    ),
    (
        "visits.places.group_activity.owed.times",
        (
            'clause = "三(三)2"\nowed = { kind = "month", times = 1 }',
            'clause = "三(三)2"\nowed = { kind = "month", times = 29 }',
        ),
        "28",
    ),
    ("visits.reminded_before.week", ("{ week = 2,", "{ week = 7,"), "7"),
    (
        "visits.agreement_reminded_after",
        ("agreement_days = 30", "agreement_days = 23"),
        "agreement_days (23)",
    ),
    ("visits.owed_by.home_visit", ('home_visit = "carer"', 'home_visit = "clinic"'), "carer"),
    ("visits.owed_by.health_check", ('health_check = "clinic"', 'health_check = "village_lead"'), "clinic"),
    (
        "visits.owed_by.living_security_review",
        ('review = "party_service_centre"', 'review = "carer"'),
        "role",
    ),
    (
        "visits.places.full_screening.owed_by",
        ('subject = "group"\nowed_by = "group_cadre"', 'subject = "group"\nowed_by = "carer"'),
        "role",
    ),
    ("visits.carer_roles", ('carer_roles = ["grid_worker",', 'carer_roles = ["clinic",'), "group_cadre"),
    ("visits.problems.desk", ('desk = "party_service_centre"  ', 'desk = "village_leed"  '), "village_lead"),
    (
        "visits.problems.confidential",
        (
            'confidential = ["abuse", "abandonment", "violence", "unlawful_harm"]\nconfidential_desk',
            'confidential = ["abandonment", "violence", "unlawful_harm"]\nconfidential_desk',
        ),
        "abuse",
    ),
    ("visits.problems.kept_from", ('kept_from = ["grid_worker", ', "kept_from = ["), "grid_worker"),
    ("visits.problems.seen_by", ('seen_by = ["village_lead"', 'seen_by = ["group_cadre"'), "group_cadre"),
    ("visits.problems.referred_to", ('referred_to = "clinic"', 'referred_to = "hospital"'), "clinic"),
    (
        "visits.problems.confidential_desk",
        ('confidential_desk = "leading_group_office"', 'confidential_desk = "clinic"'),
        "township_leader",
    ),
    (
        "visits.problems.verified_by",
        (
            'verified_by = ["village_lead", "township_leader", "leading_group_office"]',
            'verified_by = ["clinic"]',
        ),
        "leading_group_office",
    ),
    (
        "risk.confidential",
        ('confidential = ["abuse_or_abandonment", "violence"]', "confidential = []"),
        "violence",
    ),
    ("risk.by_incident.abuse", ('abuse = "abuse_or', 'abuse = "major_illness"  # "abuse_or'), "violence"),
    ("risk.reassessed_by", ('reassessed_by = "village_lead"', 'reassessed_by = "clinic"'), "village_lead"),
    ("risk.advanced_age", ("advanced_age = 80                # 高龄", "advanced_age = 59  # 高龄"), "60"),
    ("notify.levels", ('levels = ["carer", "village_lead"', 'levels = ["village_lead", "carer"'), "carer"),
    ("notify.levels", ('["carer", "village_lead", "t', '["carer", "carer", "village_lead", "t'), "twice"),
    (
        "notify.incident.levels",
        ("[notify.incident]\nlevels = [0, 1, 2]", "[notify.incident]\nlevels = [0, 4]"),
        "3",
    ),
    (
        "notify.lowered.levels",
        ("[notify.lowered]\nlevels = [0, 1]", "[notify.lowered]\nlevels = []"),
        "one level",
    ),
    ("notify.incident.escalation.repeats", ("repeats = 12", "repeats = 0"), "1 or more"),
    ("notify.confidential_incidents", ('_incidents = ["abuse", ', "_incidents = ["), "abuse"),
    (
        "notify.confidential_incidents",
        ('_incidents = ["abuse", ', '_incidents = ["abuse", "fraud", '),
        "visits.problems.confidential",
    ),
    ("notify.stays_with_first_told", ('["look_in"]', '["look_out"]'), "look_in"),
    ("reports.numbers", ('numbers = ["civil_affairs', 'numbers = ["auditor", "civil_affairs'), "auditor"),
    (
        "reports.confidential",
        ('confidential = ["village_lead"', 'confidential = ["group_cadre"'),
        "group_cadre",
    ),
    ("reports.confidential", ('confidential = ["village_lead"', 'confidential = ["auditor"'), "seen_by"),
    ("reports.targets.agreements.at_least", ("at_least = 100, unit", "at_least = 101, unit"), "100"),
]


@pytest.mark.parametrize(
    ("row", "change", "allowed"), CONTRADICTIONS, ids=[row for row, *_ in CONTRADICTIONS]
)
def test_what_contradicts_another_setting_is_named_by_its_line(
    tmp_path: Path, row: str, change: tuple[str, str], allowed: str
):
    file = read_file(revised(tmp_path, "wrong", "2025-01-01", change))
    faults = [fault for fault in faults_in(file) if row in fault.said]
    assert [fault.line for fault in faults] == [line_of(file.text, row.split("."))]
    chinese, _, english = faults[0].said.partition(" / ")
    assert allowed in chinese + english
    assert english
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_numbers_out_of_range_and_an_empty_version_are_refused_with_what_is_allowed(tmp_path: Path):
    file = revised(
        tmp_path,
        "case",
        "2025-01-01",
        ("protection_months = 3", "protection_months = -3"),
        ("age = 60", "age = 600"),
        ('"case"', '""'),
    )
    said = shouwang("policy", "check", file, data=tmp_path / "township")
    text = file.read_text(encoding="utf-8")
    lines = [line_of(text, row.split(".")) for row in ("version", "registry.age", "risk.protection_months")]
    assert said.code == 1
    assert said.text.splitlines() == [
        f"case.toml: 第{line}行 / line {line}: {told}"
        for line, told in zip(
            lines,
            (
                (
                    'version: 应为 1 到 64 个字母、数字或 - _ . : (写在文件开头), 现为 ""'
                    ' / must be 1 to 64 letters, digits or - _ . :, at the top of the file, is ""'
                ),
                "registry.age: 应为 50 到 110 的整数, 现为 600 / must be a whole number from 50 to 110, is 600",
                (
                    "risk.protection_months: 应为 1 到 60 的整数, 现为 -3"
                    " / must be a whole number from 1 to 60, is -3"
                ),
            ),
            strict=True,
        )
    ]
