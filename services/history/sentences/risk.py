"""What risk's events say."""

_GRADED = (
    "{{is}}：[{previous:word} → ]{grade:word}，因{cause:word}；依据：{because:words|无}[；条款 {clauses:words}]"
    "[；最早于 {due} 再评估][；{carer_told?~不告知结对帮扶人}]（第 {spell} 次认定）",
    "{{is}}: [{previous:word} → ]{grade:word}, by {cause:word}; because: {because:words|none}[; clauses {clauses:words}]"
    "[; reassessed from {due}][; {carer_told?~the carer is not told}] (certification {spell})",
)


def _graded(chinese: str, english: str) -> tuple[str, str]:
    return _GRADED[0].replace("{{is}}", chinese), _GRADED[1].replace("{{is}}", english)


EVENTS: dict[str, tuple[str, str]] = {
    "risk.RiskFileOpened": (
        "为 {elder} 立风险档案，出生日期 {born}",
        "the risk file of {elder} is opened, born {born}",
    ),
    "risk.EvidenceObserved": (
        "依据成立：{evidence:word}，见于 {observed_on}，来源：{source:word}[；现有依据：{held:words}]",
        "evidence: {evidence:word}, seen on {observed_on}, source: {source:word}[; held now: {held:words}]",
    ),
    "risk.EvidenceCleared": (
        "依据解除：{evidence:word}，自 {cleared_on} 起；尚有依据：{held:words|无}",
        "evidence cleared: {evidence:word} on {cleared_on}; held still: {held:words|none}",
    ),
    "risk.BirthCorrected": ("出生日期更正：[{old.born} → ]{born}", "born: [{old.born} → ]{born}"),
    "risk.SetAside": (
        "{is_merged?已并入另一档案，此处不再定级~并档已撤销，原等级恢复}",
        "{is_merged?merged into another entry: nothing is graded here~the merge is undone: the grade stands again}",
    ),
    "risk.GradeSet": _graded("定级", "grade set"),
    "risk.GradeRaised": _graded("升级", "grade raised"),
    "risk.GradeLowered": _graded("降级", "grade lowered"),
    "risk.Reassessed": (
        "{by} 于 {held_on} 再评估：{grade:word}，{counted?计入，重新起算~提前进行，不计}"
        "[；下次最早 {due}]（第 {spell} 次认定）",
        "{by} reassessed on {held_on}: {grade:word}, {counted?counted~early and not counted}"
        "[; next from {due}] (certification {spell})",
    ),
    "risk.SpellClosed": (
        "不再定级：{is_final?已注销~不再属于留守}",
        "graded no longer: {is_final?the status ended~left behind no longer}",
    ),
    "risk.FileReopened": ("注销已撤销，重新定级", "the end was taken back: graded again"),
    "risk.PolicyTookEffect": ("改按政策 {version} 办理", "judged by policy {version} from here"),
}
