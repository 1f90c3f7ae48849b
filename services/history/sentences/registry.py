"""What the registry's events say."""

EVENTS: dict[str, tuple[str, str]] = {
    "registry.ElderFileOpened": ("为 {elder} 立档", "the file of {elder} is opened"),
    "registry.EnrolmentRefused": (
        "不予建档：{reason:word}[；登记表：{facts:form}]",
        "not enrolled: {reason:word}[; the form: {facts:form}]",
    ),
    "registry.ElderEnrolled": ("建档：{facts:form}", "enrolled: {facts:form}"),
    "registry.LeftBehindCertified": (
        "认定为留守老人（第 {spell} 次认定）",
        "certified as left behind (certification {spell})",
    ),
    "registry.StatusLapsed": (
        "不再属于留守：{reason:word}（第 {spell} 次认定至此为止）",
        "left behind no longer: {reason:word} (certification {spell} is over)",
    ),
    "registry.StatusEnded": (
        "注销：{reason:word}，发生于 {happened_on}[，经办人 {by}][，理由{note:quote}]",
        "the status ended: {reason:word} on {happened_on}[, by {by}][, because {note:quote}]",
    ),
    "registry.SupporterLeft": (
        "赡养义务人 {supporter} 于 {left_on} 外出",
        "supporter {supporter} left the county on {left_on}",
    ),
    "registry.SupporterReturned": (
        "赡养义务人 {supporter} 于 {returned_on} 返乡：登记为{kind:word}，按{counts_as:word}对待",
        "supporter {supporter} came back on {returned_on}: reported as {kind:word}, counts as {counts_as:word}",
    ),
    "registry.ContactReported": (
        "赡养义务人 {supporter} 的联系方式更新：{facts:facts}",
        "how supporter {supporter} is reached: {facts:facts}",
    ),
    "registry.FactsChanged": ("情况更新：{facts:facts}", "circumstances changed: {facts:facts}"),
    "registry.FactsCorrected": (
        "{by} 更正登记：{facts:facts}，理由{reason:quote}",
        "{by} corrected: {facts:facts}, because {reason:quote}",
    ),
    "registry.CarerPaired": (
        "结对帮扶人：[{old.carer} → ]{carer}，自 {since} 起[，由 {giver} 移交]",
        "carer: [{old.carer} → ]{carer}, since {since}[, handed over by {giver}]",
    ),
    "registry.ElderTransferred": (
        "迁村：[{old.village} ][{old.group} → ]{village} {group}，自 {since} 起，结对帮扶人：{carer|无，原结对终止}",
        "moved: [{old.village} ][{old.group} → ]{village} {group}, since {since}, carer: {carer|nobody from then}",
    ),
    "registry.ElderMerged": (
        "{by} 把本档案并入 {into}，理由{reason:quote}",
        "{by} merged this entry into {into}, because {reason:quote}",
    ),
    "registry.MergeUndone": (
        "{by} 撤销并入 {into}，理由{reason:quote}；恢复为{status:word}，自 {since} 起[（{because:word}）]",
        "{by} undid the merge into {into}, because {reason:quote}; {status:word} again since {since}[ ({because:word})]",
    ),
    "registry.EntryTakenIn": (
        "{by} 把档案 {entry} 并入本档案，理由{reason:quote}",
        "{by} merged entry {entry} into this one, because {reason:quote}",
    ),
    "registry.EntryGivenBack": (
        "{by} 撤销并档，档案 {entry} 另是一人，理由{reason:quote}",
        "{by} gave entry {entry} back: another person, because {reason:quote}",
    ),
    "registry.EndUndone": (
        "{by} 撤销注销，理由{reason:quote}；恢复为{status:word}，自 {since} 起[（{because:word}）]",
        "{by} took the end back, because {reason:quote}; {status:word} again since {since}[ ({because:word})]",
    ),
    "registry.PairingEnded": (
        "结对终止：自 {since} 起没有结对帮扶人",
        "the pairing ended: nobody is paired since {since}",
    ),
    "registry.InstitutionEntered": ("入住养老机构", "entered an institution"),
    "registry.InstitutionLeft": ("离开养老机构", "left the institution"),
    "registry.PolicyTookEffect": ("改按政策 {version} 办理", "judged by policy {version} from here"),
    "registry.TownshipNamed": (
        "乡镇名称：{name}{demonstration?（示范，人和事都是虚构的）~}",
        "the township is called {name}{demonstration? (a demonstration: everything is made up)~}",
    ),
    "registry.TownshipRenamed": (
        "乡镇更名：{name}{demonstration?（示范）~}",
        "the township is called {name} from here{demonstration? (a demonstration)~}",
    ),
    "registry.VillageOpened": (
        "设村：{name}（{subject}），村小组：{groups:names|无}",
        "village opened: {name} ({subject}), groups: {groups:names|none}",
    ),
    "registry.ComparisonMade": (
        "{by} 与{department}的名单比对（名单日期 {compared_on}）：一致 {same} 人，差异 {differences:count|0} 条",
        "{by} compared with the list of {department} as of {compared_on}: {same} agree, {differences:count|0} differ",
    ),
    "registry.DifferenceDecided": (
        "{by} 对第 {difference} 条差异作结论：{decision:decision}，理由{reason:quote}",
        "{by} decided difference {difference}: {decision:decision}, because {reason:quote}",
    ),
    "registry.DuplicateSuspected": (
        "疑似与 {other} 重复：{is_certain?身份证号码相同~姓名相近}，相似度 {percent}%[，{searched_by} 查重发现]",
        "perhaps the same person as {other}: {is_certain?same number~names alike}, {percent} %[, found by {searched_by}]",
    ),
    "registry.KeptApart": (
        "{by} 认定与 {other} 并非重复，理由{reason:quote}",
        "{by} decided that {other} is another person, because {reason:quote}",
    ),
    "registry.FigureEntered": (
        "{by} 填报{kind:word}（{figure}）：{value}，{measured_on} 的数[，说明{note:quote}]",
        "{by} entered {kind:word} ({figure}): {value} as of {measured_on}[, note {note:quote}]",
    ),
    "registry.FigureCorrected": (
        "{by} 更正填报数 {figure}：[{old.value} → ]{value}，[{old.measured_on} → ]{measured_on}，理由{reason:quote}",
        "{by} corrected {figure}: [{old.value} → ]{value}, [{old.measured_on} → ]{measured_on}, because {reason:quote}",
    ),
}
