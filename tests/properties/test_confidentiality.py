"""Whatever the policy keeps back, problems, notices and reports keep it back from the same people."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.house.settings import DEFAULT_POLICY
from services.kernel.terms import CARERS, CONFIDENTIAL, ProblemKind, Role
from services.reports.policies import Rules, read_rules
from services.reports.redaction import Redaction
from services.risk.policies import carer_may_know
from services.visits.problems.policies import Reader, is_kept_from, may_see

RULES = read_rules((DEFAULT_POLICY,)).on(date(2024, 6, 1))
KINDS = st.frozensets(st.sampled_from(ProblemKind)).map(lambda more: CONFIDENTIAL | more)
KNOWN_TO = st.frozensets(st.sampled_from(sorted(set(Role) - CARERS)), min_size=1)


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """One township's, whose sections list the same kinds and the same readers, as the policy check asks."""
    kinds, known_to = draw(KINDS), draw(KNOWN_TO)
    desk = min(known_to)
    problems = replace(
        RULES.duties.problems,
        confidential=kinds,
        seen_by=known_to,
        confidential_desk=desk,
        verified_by=frozenset({desk}),
    )
    return replace(
        RULES,
        reports=replace(RULES.reports, confidential=known_to),
        duties=replace(RULES.duties, problems=problems),
        notices=replace(RULES.notices, confidential_incidents=kinds),
    )


@given(rules(), st.sampled_from(Role), st.sampled_from(ProblemKind))
def test_who_reads_of_a_problem_reads_of_it_in_reports_and_may_be_told(
    drawn: Rules, role: Role, kind: ProblemKind
):
    problems, notices = drawn.duties.problems, drawn.notices
    is_seen = may_see(Reader(role, None), kind, "v1", (), problems)
    assert Redaction(role, drawn).sees_kind(kind) == is_seen
    assert not (is_seen and notices.confidentiality.is_kept_from(role, kind))
    assert notices.confidentiality.is_kept_from(role, kind) == is_kept_from(role, kind, problems)


@given(rules(), st.sampled_from(sorted(CARERS)), st.sampled_from(ProblemKind))
def test_no_carer_learns_of_what_is_confidential_though_they_handle_it(
    drawn: Rules, carer: str, kind: ProblemKind
):
    is_confidential = kind in drawn.duties.problems.confidential
    seen = may_see(Reader(carer, None), kind, "v1", {carer}, drawn.duties.problems)
    assert seen == (not is_confidential)
    assert drawn.notices.confidentiality.is_kept_from(carer, kind) == is_confidential
    assert Redaction(Role(carer), drawn).sees_kind(kind) == (not is_confidential)


@given(rules(), st.sampled_from(ProblemKind))
def test_a_reader_of_no_role_reads_of_nothing_confidential(drawn: Rules, kind: ProblemKind):
    assert Redaction(None, drawn).sees_kind(kind) == (kind not in drawn.duties.problems.confidential)


@given(rules(), st.sampled_from(Role))
def test_a_grade_of_which_no_carer_is_told_is_read_by_who_reads_what_it_rests_on(drawn: Rules, role: Role):
    for evidence in drawn.risk.confidential:
        assert not carer_may_know([evidence], drawn.risk)
    assert Redaction(role, drawn).sees_confidential == (role in drawn.reports.confidential)
