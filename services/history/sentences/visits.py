"""What the events of visits say."""

_DUTY = "{duty:word}（{period}）"
_EDUTY = "{duty:word} ({period})"

EVENTS: dict[str, tuple[str, str]] = {
    "visits.CareRecordOpened": (
        "为 {elder} 立卡：村 {village}，出生日期 {born}",
        "the care record of {elder} is opened: village {village}, born {born}",
    ),
    "visits.TerritoryOpened": (
        "{subject} 的工作开始登记（{kind:word}）[，村 {village}]",
        "the duties of {subject} begin ({kind:word})[, village {village}]",
    ),
    "visits.DutyOpened": (
        f"应办：{_DUTY} {{count}} 次，{{opens_on}} 至 {{closes_on}}",
        f"owed: {_EDUTY} {{count}} time(s), {{opens_on}} to {{closes_on}}",
    ),
    "visits.DutyNearlyDue": (
        f"临期提醒：{_DUTY}还差 {{remaining}} 次，{{opens_on}} 至 {{closes_on}}，"
        "应由{owed_by:word}[ {responsible} ]办理[，村 {village}]",
        f"nearly due: {_EDUTY} lacks {{remaining}}, {{opens_on}} to {{closes_on}}, "
        "owed by {owed_by:word}[ {responsible}][, village {village}]",
    ),
    "visits.ReminderSettled": (
        f"提醒了结：{_DUTY}当天已办，不再提醒{{owed_by:word}}[ {{responsible}}][，村 {{village}}]",
        f"reminder settled: {_EDUTY} was done that day, {{owed_by:word}}[ {{responsible}}] need not read of it"
        "[, village {village}]",
    ),
    "visits.DutyMet": (f"办结：{_DUTY}", f"met: {_EDUTY}"),
    "visits.DutyClosed": (
        f"期满：{_DUTY}期满，无须补办",
        f"the period is over: {_EDUTY}, nothing to be made up",
    ),
    "visits.DutySuperseded": (
        f"改期：{_DUTY}的要求变化，按新要求重新开立",
        f"superseded: what is owed of {_EDUTY} changed, and opens anew",
    ),
    "visits.DutyWaived": (f"免办：{_DUTY}因外出无须再办", f"waived: {_EDUTY}, for the absence"),
    "visits.DutyEnded": (f"终止：{_DUTY}的事由已消失", f"ended: the cause of {_EDUTY} is over"),
    "visits.VisitMissed": (
        f"漏访：{_DUTY}少 {{shortfall}} 次，应由{{owed_by:word}} {{responsible|（无人）}} 办理"
        "[，当时等级 {grade:word}][，{missed_before?上一期也漏~}][，村 {village}]",
        f"missed: {_EDUTY} by {{shortfall}}, owed by {{owed_by:word}} {{responsible|(nobody)}}"
        "[, grade {grade:word}][, {missed_before?the period before too~}][, village {village}]",
    ),
    "visits.MissReconciled": (
        f"补录：{_DUTY}的漏访已补齐，记录晚 {{days_late}} 天",
        f"reconciled: {_EDUTY}, the record {{days_late}} day(s) late",
    ),
    "visits.VisitRecorded": (
        "走访 {visit}：{content.by} 于 {content.on} {content.mode:word}走访"
        "[；{content:rest}]；计入：{counts_for:words|无}",
        "visit {visit}: by {content.by} on {content.on}, {content.mode:word}"
        "[; {content:rest}]; counts for: {counts_for:words|nothing}",
    ),
    "visits.EvidenceSeen": (
        "{seen_on} 的走访 {visit} 见到依据：{evidence:words|无}",
        "visit {visit} of {seen_on} saw evidence: {evidence:words|none}",
    ),
    "visits.VisitsTakenIn": (
        "为档案 {entry} 办过的计入本档案：{days:facts|无}",
        "what was done for entry {entry} counts here: {days:facts|nothing}",
    ),
    "visits.VisitsGivenBack": (
        "为档案 {entry} 办过的不再计入本档案",
        "what was done for entry {entry} counts here no longer",
    ),
    "visits.LivingSecurityReviewed": (
        "{by} 于 {reviewed_on} 作生活保障评估",
        "{by} reviewed the living security on {reviewed_on}",
    ),
    "visits.DutyDone": ("{by} 于 {done_on} 办了{duty:word}", "{by} did {duty:word} on {done_on}"),
    "visits.SituationChanged": ("情况变化：{changes:facts}", "the situation changed: {changes:facts}"),
    "visits.PolicyTookEffect": ("改按政策 {version} 办理", "judged by policy {version} from here"),
    "visits.AgreementSigned": (
        "{by} 经办，{signed_on} 签订委托照顾协议：{begins} 至 {ends|长期}"
        "[，赡养义务人 {supporter}][，受托照顾人 {caretaker}][，关系：{relation}]",
        "{by} had the care agreement signed on {signed_on}: {begins} to {ends|no end}"
        "[, supporter {supporter}][, caretaker {caretaker}][, relation: {relation}]",
    ),
    "visits.AgreementFiled": ("{by} 于 {filed_on} 把协议报备", "{by} filed the agreement on {filed_on}"),
    "visits.AgreementEnded": (
        "协议于 {ends} 到期[，下一份自 {follows_on} 起]",
        "the agreement ended on {ends}[, the next begins {follows_on}]",
    ),
    "visits.AgreementBegan": (
        "{by} 先前签订的协议自 {begins} 生效",
        "the agreement that {by} had signed stands from {begins}",
    ),
    "visits.AbsenceNoted": (
        "外出：{begins} 至 {ends}，{reason:word}",
        "away from {begins} to {ends}: {reason:word}",
    ),
    "visits.AbsenceCorrected": (
        "外出更正：{begins} 开始的外出，到 [{old.ends} → ]{ends} 为止",
        "absence corrected: the one from {begins} ends [{old.ends} → ]{ends}",
    ),
    "visits.NeedFound": (
        "{by} 于 {found_on} 发现需求 {need}：{kind:word}[，见走访 {visit}][，走访发现：{findings:words}]；文字不在此列出",
        "{by} found need {need} on {found_on}: {kind:word}[, on visit {visit}][, which found {findings:words}]; its text is withheld",
    ),
    "visits.NeedMet": (
        "{by} 于 {met_on} 办结需求 {need}：{kind:word}；文字不在此列出",
        "{by} met need {need} on {met_on}: {kind:word}; the text is withheld",
    ),
    "visits.ReferralOpened": ("转诊：问题 {problem}", "referred: problem {problem}"),
    "visits.IncidentReported": (
        "发现问题 {problem}：{kind:word}，{found_on}[，{by} 上报][，见走访 {visit}][，走访发现：{findings:words}][，{due} 前受理]；文字不在此列出",
        "problem {problem}: {kind:word}, found {found_on}[ by {by}][ on visit {visit}][, which found {findings:words}][, to be accepted by {due}];"
        " its text is withheld",
    ),
    "visits.ProblemAccepted": (
        "{by} 受理问题 {problem}（{kind:word}）[，{due} 前交办]",
        "{by} accepted problem {problem} ({kind:word})[, to be handed on by {due}]",
    ),
    "visits.ProblemHanded": (
        "{by|系统自动}把问题 {problem}（{kind:word}）交给{units:words}[，{due} 前办理]",
        "{by|by itself:} problem {problem} ({kind:word}) handed to {units:words}[, to be handled by {due}]",
    ),
    "visits.ProblemHandled": (
        "{by} 代表{unit:word}办理问题 {problem}（{kind:word}）[，{due} 前办结]；文字不在此列出",
        "{by} of {unit:word} handled problem {problem} ({kind:word})[, to be closed by {due}]; the text is withheld",
    ),
    "visits.ProblemProgressNoted": (
        "{by} 代表{unit:word}记录问题 {problem}（{kind:word}）的办理进展；文字不在此列出",
        "{by} of {unit:word} noted progress with problem {problem} ({kind:word}); the text is withheld",
    ),
    "visits.ProblemClosed": (
        "{by} 办结问题 {problem}（{kind:word}）[，{due} 前核实]；文字不在此列出",
        "{by} closed problem {problem} ({kind:word})[, to be verified by {due}]; the text is withheld",
    ),
    "visits.ProblemVerified": (
        "{by} 核实问题 {problem}（{kind:word}）已解决[，期限 {due}]",
        "{by} verified problem {problem} ({kind:word})[, due {due}]",
    ),
    "visits.ProblemReopened": (
        "{by} 要求重新办理问题 {problem}（{kind:word}）[，{due} 前受理]；文字不在此列出",
        "{by} reopened problem {problem} ({kind:word})[, to be accepted by {due}]; the text is withheld",
    ),
    "visits.ProblemOverdue": (
        "问题 {problem}（{kind:word}）超期：停在{stage:word}[，单位 {unit:word}]，期限 {due}，告知{owed_by:words|无人}",
        "problem {problem} ({kind:word}) is overdue: at {stage:word}[, unit {unit:word}], due {due},"
        " told: {owed_by:words|nobody}",
    ),
}
