"""What notify's events say."""

EVENTS: dict[str, tuple[str, str]] = {
    "notify.PersonNoted": (
        "{subject} 在册：村 {village}，结对帮扶人 {carer|无}",
        "{subject} is on the register: village {village}, carer {carer|nobody}",
    ),
    "notify.CarerNoted": (
        "此后告知结对帮扶人 [{old.carer} → ]{carer}",
        "told as carer from now: [{old.carer} → ]{carer}",
    ),
    "notify.CarerGone": ("此后没有结对帮扶人可告知", "nobody is told as carer from now"),
    "notify.PersonMoved": (
        "此后告知村 [{old.village} → ]{village} 的人员，结对帮扶人 {carer|无}",
        "told from now: the people of village [{old.village} → ]{village}, carer {carer|nobody}",
    ),
    "notify.CertificationNoted": (
        "此后的通知属于第 {spell} 次认定",
        "notices are of certification {spell} from now",
    ),
    "notify.PersonSilenced": (
        "定级和漏访的待发通知不再发出",
        "what is pending about grade and misses is told no more",
    ),
    "notify.PersonSetAside": (
        "{is_merged?已并入另一档案，不再发通知~并档已撤销}[，{is_certified?仍是留守~}]",
        "{is_merged?merged into another entry: nothing is told~the merge is undone}[, {is_certified?left behind~}]",
    ),
    "notify.TellingPlanned": (
        "拟通知：{matter:matter}，先告知 {first:people|无人}，{due:moment} 发出[，{is_urgent?加急~}][，{is_confidential?保密~}]",
        "to be told: {matter:matter}, first {first:people|nobody}, at {due:moment}[, {is_urgent?urgent~}]"
        "[, {is_confidential?confidential~}]",
    ),
    "notify.NoticesSent": (
        "第 {level:next} 步通知[，{repeat?重复~}]：{matter:matter}，告知 {to:names|无人}[（原应告知 {addressed:others}）][；无人签收则 {due:moment} 再告知]",
        "notice, step {level:next}[, {repeat?repeated~}]: {matter:matter}, to {to:names|nobody}[ (in the place of {addressed:others})]"
        "[; the next at {due:moment} unless taken up]",
    ),
    "notify.NoticeAcknowledged": ("{by} 签收：{matter:matter}", "{by} took it up: {matter:matter}"),
    "notify.TellingStopped": (
        "撤销通知：{matter:matter}，{reason:word}；{was_told?已告知~未及告知} {to:names|无人}",
        "notice cancelled: {matter:matter}, {reason:word}; {was_told?told were~not yet told} {to:names|nobody}",
    ),
    "notify.EscalationExhausted": (
        "升级已尽，再无人可告知：{matter:matter}",
        "nobody is left to tell: {matter:matter}",
    ),
    "notify.MailboxOpened": ("{subject} 的收件箱启用", "the inbox of {subject} is opened"),
    "notify.MessagePosted": (
        "{is_digest?汇总~消息} {message}：{items:matters|空}[；另经 {channels:names}]",
        "{is_digest?digest~message} {message}: {items:matters|nothing}[; by {channels:names} too]",
    ),
    "notify.MessageDelivered": (
        "消息 {message} 经 {channel} 送达：{outcome}",
        "message {message} delivered by {channel}: {outcome}",
    ),
    "notify.ReminderPut": (
        "提醒：{item:matter}，列入 {due:moment} 的汇总",
        "reminder: {item:matter}, in the digest of {due:moment}",
    ),
    "notify.RemindersSent": (
        "提醒发出：{items:matters|无}[；已不必提醒：{dropped:matters}][；其余 {then:moment} 发出]",
        "reminders sent: {items:matters|none}[; needless by now: {dropped:matters}][; the others at {then:moment}]",
    ),
    "notify.RemindersHandedOn": (
        "提醒转交给 {reader|无人（已离任）}：{items:matters|无}[；其余 {then:moment} 发出]",
        "reminders handed on to {reader|nobody, for they have left}: {items:matters|none}[; the others at {then:moment}]",
    ),
    "notify.ReminderWithdrawn": (
        "提醒撤回：{item:matter}[；其余 {then:moment} 发出]",
        "reminder withdrawn: {item:matter}[; the others at {then:moment}]",
    ),
    "notify.DeliveryPlanned": (
        "拟经 {channel}（{kind}）发给 {recipient|群}[，村 {village}]：{counts:facts}，出自 {tellings:count|0} 项通知"
        "[，{is_urgent?加急~}]",
        "to leave by {channel} ({kind}) to {recipient|a group}[, village {village}]: {counts:facts},"
        " of {tellings:count|0} matter(s)[, {is_urgent?urgent~}]",
    ),
    "notify.DeliveryAttemptBegun": (
        "经 {channel}（{kind}）第 {number} 次发送，{lost_at:moment} 仍无回音即算丢失",
        "attempt {number} by {channel} ({kind}), lost if not over by {lost_at:moment}",
    ),
    "notify.DeliverySent": (
        "经 {channel}（{kind}）第 {number} 次发送，已送达",
        "attempt {number} by {channel} ({kind}): sent",
    ),
    "notify.DeliveryAttemptFailed": (
        "经 {channel}（{kind}）第 {number} 次发送未成：{word}，{due:moment|不再自动重试}[{due?再试~}]",
        "attempt {number} by {channel} ({kind}) failed: {word}, again {due:moment|only by a person}",
    ),
    "notify.DeliveryCancelled": (
        "经 {channel}（{kind}）的发送撤销：内容已过时",
        "by {channel} ({kind}): cancelled, nothing of it holds any more",
    ),
    "notify.DeliveryResent": (
        "经 {channel}（{kind}）人工重发",
        "by {channel} ({kind}): sent again by a person",
    ),
}
