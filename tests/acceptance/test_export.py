"""What the platform exports as a ledger goes in again: here nobody differs, elsewhere the same people are enrolled."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.chassis.commands.command import Command
from services.house.conductor import Conductor
from services.house.house import House, opened
from services.house.settings import DEFAULT_POLICY, Settings
from services.importing.register_entries import entry_of
from services.kernel.calendar import SHANGHAI
from services.ledger.limits import HEADROOM, MAX_ROWS
from services.registry.elders import commands as register
from services.registry.elders.domain import Elder, elder_id
from services.risk.commands import Clear, Observe
from services.visits.commands import SignAgreement
from tests.acceptance import clerk
from tests.acceptance.test_cli import Said, shouwang
from tests.acceptance.test_files import notes_of
from tests.acceptance.test_import import TOWNSHIP, imported, log_sizes, problems_of, totals

VILLAGE, OTHER = "530323990201", "530323990202"
BEGIN, LATER = datetime(2024, 1, 5, 9, tzinfo=SHANGHAI), datetime(2024, 2, 6, 9, tzinfo=SHANGHAI)
TODAY = "2024-02-10T09:00:00"
READER = "village_lead"
LONG_NUMBER = "6222021234567890123"
UNSIGNED_ROWS: dict[str, dict[str, Any]] = {
    "every column": {
        "联系电话": "13800001234",
        "婚姻状况": "丧偶",
        "居住状况": "隔代",
        "经济来源": "务农、养老金",
        "家庭结构": "2口人,两代",
        "健康状况": "腰腿疼",
        "慢病": "高血压、2型糖尿病、关节炎",
        "残疾": "智力残疾一级",
        "失能": "是",
        "重大疾病": "是",
        "重点对象类别": "家庭监护缺失或不当、高龄",
        "照料情况": "日常照护不到位",
        "存在困难": "家庭经济困难",
        "需求": "助餐",
        "医疗保险": LONG_NUMBER,
        "低保": "是",
        "特困": "是",
        "是否愿意入住养老机构": "否",
        "委托照顾协议": "2023-12-01",
        "赡养人一电话": "13900001234",
        "赡养人一去向": "广东省深圳市",
        "赡养人三姓名": "子女末",
        "赡养人三外出日期": "在家",
    },
    "no number": {"姓名": "无号人", "身份证号码": None},
    "rare letters": {"姓名": "𠮷𣅜·艾力", "家庭住址": "+1号", "需求": "-送水", "存在困难": "@无"},
    "disabled": {"残疾": "肢体残疾三级"},
    "to die": {},
    "to be merged": {},
    "to move": {},
}
ROWS = {name: turn for turn, name in enumerate(UNSIGNED_ROWS, 1)}


def by_name(house: House, name: str) -> str:
    for row in house.views("registry", "SELECT elder FROM elders ORDER BY elder"):
        file = house.services["registry"].log.load(Elder, elder_id(row["elder"]))
        if file is not None and file.file.form.get("name") == name:
            return file.file.elder
    raise AssertionError(name)


def enrolment(**given: object) -> register.Enrol:
    form: dict[str, object] = {
        "elder": "K-900",
        "name": "王 小明",
        "citizen_number": clerk.number(300),
        "born": "1950-03-02",
        "sex": "f",
        "village": VILLAGE,
        "group": "下寨组",
        "living": "couple",
        "address": "=1+1号",
        "evidence": ["economic_hardship"],
        "health": ["tuberculosis"],
        "declined_institution": False,
        "low_income": False,
        "supporters": [
            {"id": "son", "left_county_on": "2023-01-01", "name": "王一", "phone": LONG_NUMBER},
            {"id": "S1", "left_county_on": "2022-01-01", "name": "王二", "relation": "女儿"},
        ],
        "carer": "V01-grid-2",
    }
    return register.Enrol.model_validate(form | given, strict=False)


@pytest.fixture
def lived(month: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(month, tmp_path / "data"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A township's data after a month: enrolled from a file and over HTTP, then changed, corrected, moved, ended."""
    folder = tmp_path_factory.mktemp("month")
    data = folder / "data"
    rows = [clerk.right_line(turn) | UNSIGNED_ROWS[name] for name, turn in ROWS.items()]
    said = imported(data, clerk.write(folder / "first.xlsx", rows), at=BEGIN.isoformat())
    assert (said.code, totals(said)["enrolled"]) == (0, len(rows)), said.text
    with opened(Settings(data=data)) as house:
        conductor = Conductor(house, date(2024, 1, 6))
        names = {name: by_name(house, str(rows[turn - 1]["姓名"])) for name, turn in ROWS.items()}
        by, reason = "V01-lead", "核实"
        story: list[Command] = [
            enrolment(),
            register.CorrectFacts.model_validate(
                {
                    "by": by,
                    "reason": reason,
                    "elder": names["disabled"],
                    "name": "改名人",
                    "citizen_number": clerk.number(305),
                    "supporters": [{"id": "S2", "left_county_on": "2021-05-01"}],
                },
                strict=False,
            ),
            register.ChangeFacts(elder="K-900", living="alone", health=["hypertension", "severe_disability"]),
            register.ReportContact(elder="K-900", supporter="son", phone="13700001234", whereabouts="宁波市"),
            register.TransferElder(
                elder=names["no number"],
                village=OTHER,
                group="大坡组",
                on=date(2024, 2, 1),
                carer="V02-grid-1",
            ),
            register.NoteSupporterReturned(
                elder=names["rare letters"], supporter="S1", on=date(2024, 2, 1), kind="permanent"
            ),
            register.NoteDeath(elder=names["to die"], on=date(2024, 2, 1)),
            register.MergeElders(by=by, reason=reason, kept="K-900", merged=names["to be merged"]),
            register.TransferElder(
                elder=names["to move"], village=OTHER, group="小坡组", on=date(2024, 2, 1)
            ),
            Observe(elder="K-900", evidence="disability", on=date(2024, 2, 2)),
            Observe(elder="K-900", evidence="abuse_or_abandonment", on=date(2024, 2, 2)),
            Clear(elder=names["every column"], evidence="major_illness", on=date(2024, 2, 2)),
            SignAgreement(elder="K-900", by=by, on=date(2024, 2, 1)),
        ]
        take(house, conductor, LATER, *story)
        conductor.through(date(2024, 2, 8))
    return data


def take(house: House, conductor: Conductor, at: datetime, *commands: Command) -> None:
    for command in commands:
        answer = conductor.take(command, at)
        assert answer.is_taken, (command, answer)
    house.settle()


def exported(
    data: Path,
    out: Path,
    *options: str,
    reader: str = READER,
    as_of: str = "2024-02-07",
    policy: str = str(DEFAULT_POLICY),
) -> Path:
    asked = ("--as-of", as_of, "--reader", reader, "--format", "xlsx", "--out", out, *options)
    said = shouwang("report", "village-ledger", *asked, data=data, SHOUWANG_POLICY=policy)
    assert said.code == 0, said.text
    return out


def people(data: Path) -> list[dict[str, Any]]:
    """Whoever is on the register as the form knows them, without ids that a register gives of itself."""
    found: list[dict[str, Any]] = []
    with opened(Settings(data=data)) as house:
        signed = {row["elder"]: row["signed_on"] for row in house.views("visits", "SELECT * FROM agreements")}
        for row in house.views("registry", "SELECT elder FROM elders"):
            entry = entry_of(house, row["elder"], date(2024, 2, 10))
            if entry is None or not entry.elder.file.is_open:
                continue
            elder = entry.elder
            facts = {
                **entry.facts,
                **elder.file.form,
                "group": elder.file.group,
                "village": elder.file.village,
            }
            facts |= {"name": "".join(facts["name"].split()), "carer": elder.file.carer}
            facts["health"] = sorted(facts["health"])
            for name in ("elder", "supporters", "ledger", "evidence", "temporary"):
                facts.pop(name, None)
            owed = [
                (contact.name or name, contact.relation, contact.phone, contact.whereabouts, held.left_on)
                for name, held in elder.file.supporters.items()
                for contact in (elder.file.contacts[name],)
            ]
            told = {
                "evidence": entry.evidence,
                "signed": signed.get(elder.file.elder),
                "supporters": sorted(owed),
            }
            found.append(facts | told)
    return sorted(found, key=lambda one: one["name"])


def import_of(data: Path, path: Path) -> Said:
    return imported(data, path, at=TODAY)


def test_here_everybody_is_on_the_register_already_and_nothing_differs(lived: Path, tmp_path: Path):
    path, before = exported(lived, tmp_path / "台账.xlsx"), people(lived)
    sizes = log_sizes(lived)
    said = import_of(lived, path)
    assert problems_of(lived) == []
    assert (said.code, totals(said)["already"], totals(said)["rows"]) == (0, 6, 6), said.text
    assert (log_sizes(lived), people(lived)) == (sizes, before)


def test_elsewhere_the_same_people_are_enrolled_with_the_same_facts(lived: Path, tmp_path: Path):
    path, other = exported(lived, tmp_path / "台账.xlsx"), tmp_path / "other"
    said = import_of(other, path)
    assert (said.code, totals(said)["enrolled"]) == (0, 6), said.text
    assert people(other) == people(lived)
    again = import_of(other, path)
    assert (again.code, totals(again)["already"]) == (0, 6), again.text


def test_the_reports_own_pages_are_named_and_are_no_failure(lived: Path, tmp_path: Path):
    path = exported(lived, tmp_path / "台账.xlsx")
    pages = load_workbook(path).sheetnames
    assert "登记表" in pages
    import_of(lived, path)
    told = {line[0]: line[5] for line in notes_of(lived) if line[1] == "整张表"}
    assert told.keys() == set(pages) - {"登记表"}
    assert all("平台导出的报表页" in said for said in told.values())


def test_sources_longer_than_any_form_are_no_failure_either(lived: Path, tmp_path: Path):
    path = exported(lived, tmp_path / "台账.xlsx")
    book = load_workbook(path)
    for number in range(MAX_ROWS + HEADROOM):
        book["出处"].append(["登记表", f"A{number}"])
    book.save(path)
    said = import_of(lived, path)
    assert (said.code, totals(said)["already"]) == (0, 6), said.text
    assert "出处" in {line[0] for line in notes_of(lived)}


@pytest.mark.parametrize("reader", ["grid_worker", "clinic", "township_leader"])
def test_who_reads_no_citizen_numbers_gets_no_form_and_is_told_so_by_the_import(
    lived: Path, tmp_path: Path, reader: str
):
    path = exported(lived, tmp_path / "台账.xlsx", reader=reader)
    assert "登记表" not in load_workbook(path).sheetnames
    said = import_of(lived, path)
    assert (said.code, totals(said)["rows"]) == (2, 0)
    assert all("由可看身份证号码的人重新导出" in line[6] for line in notes_of(lived))


def test_no_column_of_the_form_speaks_of_what_is_confidential(lived: Path, tmp_path: Path):
    seen = [exported(lived, tmp_path / f"{who}.xlsx", reader=who) for who in (READER, "party_service_centre")]
    lead, centre = (
        list(load_workbook(path)["登记表"].iter_rows(min_row=3, values_only=True)) for path in seen
    )
    assert lead == centre
    assert not any(word in str(cell) for row in lead for cell in row for word in ("虐待", "遗弃", "暴力"))


def test_what_a_policy_keeps_from_the_reader_is_left_open_and_contradicts_nothing(
    lived: Path, tmp_path: Path
):
    """家庭监护缺失 made confidential by a township's policy, exported by who may not know of it."""
    policy = tmp_path / "policy.toml"
    usual = 'confidential = ["abuse_or_abandonment", "violence"'
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    assert usual in text
    policy.write_text(text.replace(usual, f'{usual}, "guardianship_failure", "incapacity"'), encoding="utf-8")
    for reader, said in (("village_lead", "是"), ("party_service_centre", None)):
        path = tmp_path / f"{reader}.xlsx"
        exported(lived, path, reader=reader, policy=str(policy))
        header, *rows = load_workbook(path)["登记表"].iter_rows(min_row=3, values_only=True)
        lines = [dict(zip(header, values, strict=True)) for values in rows]
        row = next(line for line in lines if line["姓名"] == "测试1")
        assert (row["失能"] or None) == said
        assert ("家庭监护缺失或不当" in row["重点对象类别"]) == (said is not None)
        again = shouwang(
            "import", path, "--township", TOWNSHIP, "--at", TODAY, data=lived, SHOUWANG_POLICY=str(policy)
        )
        assert (again.code, problems_of(lived)) == (0, []), again.text


def test_every_cell_is_text_and_what_begins_like_a_formula_stays_so(lived: Path, tmp_path: Path):
    sheet = load_workbook(exported(lived, tmp_path / "台账.xlsx"))["登记表"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    quoted = {cell.value for cell in cells if cell.quotePrefix}
    assert {"=1+1号", "+1号", "-送水", "@无"} <= quoted
    assert LONG_NUMBER in {cell.value for cell in cells}


def test_what_the_form_cannot_say_is_no_difference_here_and_is_named_on_the_sheet(
    lived: Path, tmp_path: Path
):
    with opened(Settings(data=lived)) as house:
        conductor = Conductor(house, date(2024, 2, 9))
        every, rare, back = (by_name(house, name) for name in ("测试1", "𠮷𣅜·艾力", "改名人"))
        more = [{"id": name, "left_county_on": "2020-01-01"} for name in ("S2", "S3", "S4")]
        correction = {"by": "V01-lead", "reason": "核实", "elder": rare, "supporters": more}
        take(
            house,
            conductor,
            datetime(2024, 2, 9, 9, tzinfo=SHANGHAI),
            register.Appoint(staff="X9", role="grid_worker", village=VILLAGE),
            register.Pair(elder=rare, carer="X9"),
            Clear(elder=every, evidence="economic_hardship", on=date(2024, 2, 3)),
            Clear(elder=every, evidence="insufficient_daily_care", on=date(2024, 2, 3)),
            register.NoteSupporterReturned(elder=back, supporter="S1", on=date(2024, 2, 3), kind="temporary"),
            register.CorrectFacts.model_validate(correction, strict=False),
        )
    path = exported(lived, tmp_path / "台账.xlsx", as_of="2024-02-09")
    said = import_of(lived, path)
    assert problems_of(lived) == []
    assert (said.code, totals(said)["already"]) == (0, 6), said.text
    text = "\n".join(str(row[0]) for row in load_workbook(path)["登记表"].iter_rows(values_only=True))
    assert f"赡养人暂时返乡：{back} S1 2024-02-03" in text
    assert f"赡养人多于三名，只列前三名：{rare}" in text


@pytest.mark.parametrize("name", ["village-ledger", "elder-file"])
def test_a_merged_entry_is_shown_as_such_and_stands_in_no_form(lived: Path, tmp_path: Path, name: str):
    said = shouwang("report", name, "--as-of", "2024-02-07", "--reader", READER, data=lived)
    assert (said.code, "已并档" in said.text) == (0, True)
    names = {row[3] for row in load_workbook(exported(lived, tmp_path / "1.xlsx"))["登记表"].values}
    assert names & {"测试5", "测试6"} == set()


def test_a_row_under_somebody_elses_entry_is_sent_back(lived: Path, tmp_path: Path):
    path = exported(lived, tmp_path / "台账.xlsx")
    book = load_workbook(path)
    sheet = book["登记表"]
    places = {str(cell.value): cell.column for cell in sheet[3]}
    row = next(row for row in range(4, 10) if sheet.cell(row, places["档案编号"]).value == "K-900")
    sheet.cell(row, places["档案编号"]).value = sheet.cell(9 if row != 9 else 8, places["档案编号"]).value
    sheet.cell(row, places["家庭住址"]).value = "新居"
    book.save(path)
    said = import_of(lived, path)
    assert (said.code, totals(said)["already"], totals(said)["rejected"]) == (1, 5, 1), said.text
    assert [line[2] for line in problems_of(lived)] == ["档案编号"]


def test_what_was_changed_in_the_sheet_is_told_as_a_difference(lived: Path, tmp_path: Path):
    path = exported(lived, tmp_path / "台账.xlsx", "--village", VILLAGE)
    book = load_workbook(path)
    sheet = book["登记表"]
    places = {str(cell.value): cell.column for cell in sheet[3]}
    row = next(row for row in range(4, 10) if sheet.cell(row, places["档案编号"]).value == "K-900")
    sheet.cell(row, places["家庭住址"]).value = "=1+2"
    sheet.cell(row, places["赡养人二电话"]).value = "13600001234"
    book.save(path)
    said = import_of(lived, path)
    assert (said.code, totals(said)["rejected"]) == (1, 1), said.text
    assert [line[2] for line in problems_of(lived)] == ["家庭住址"]
    sheet.cell(row, places["家庭住址"]).value = "=1+1号"
    sheet.cell(row, places["家庭住址"]).data_type = "s"
    book.save(path)
    assert import_of(lived, path).code == 1
    assert [(line[2], line[4]) for line in problems_of(lived)] == [("赡养人二电话", "13600001234")]


def test_a_past_day_is_exported_the_same_for_ever(lived: Path, tmp_path: Path):
    first = exported(lived, tmp_path / "1.xlsx").read_bytes()
    with opened(Settings(data=lived)) as house:
        conductor = Conductor(house, date(2024, 2, 9))
        conductor.take(
            register.ChangeFacts(elder="K-900", living="couple"), datetime(2024, 2, 9, 9, tzinfo=SHANGHAI)
        )
        conductor.through(date(2024, 2, 10))
    assert exported(lived, tmp_path / "2.xlsx").read_bytes() == first
