"""What events say that every service keeps of its own: the roster and the days."""

EVENTS: dict[str, tuple[str, str]] = {
    "kernel.RosterOpened": ("花名册立册", "the roster is opened"),
    "kernel.StaffAppointed": (
        "任用 {staff}：{role:word}，{village|全乡}",
        "{staff} appointed: {role:word}, {village|the township}",
    ),
    "kernel.LeaveNoted": (
        "{staff} 请假：{begins} 至 {ends}，由 {stand_in} 代管",
        "{staff} is on leave from {begins} to {ends}; {stand_in} stands in",
    ),
    "kernel.LeaveCutShort": (
        "{staff} 提前销假：{begins} 开始的假到 {ends} 为止，{stand_in} 不再代管",
        "{staff} is back early: the leave from {begins} ends {ends}; {stand_in} stands in no longer",
    ),
    "kernel.AppointmentEnded": (
        "{staff} 离任，最后一天是 {last_day}",
        "{staff} leaves; the last day is {last_day}",
    ),
    "kernel.ElderAwaited": (
        "等待 {elder} 建档：此前报来的先留存",
        "{elder} is not heard of yet: what names them is kept",
    ),
    "kernel.CommandKept": (
        "留存{name:word}（{key}），最迟等到 {until:moment}[，请求 {request}]；内容不在此列出",
        "kept: {name:word} ({key}), at most until {until:moment}[, request {request}]; what it says is withheld",
    ),
    "kernel.CommandDecided": (
        "办理留存的{name:word}（{key}）：{reason|受理}[，{advice}]，还留存 {left} 件",
        "kept {name:word} ({key}) decided: {reason|accepted}[, {advice}], {left} still kept",
    ),
    "kernel.DayBookOpened": ("换日簿立册", "the day book is opened"),
    "kernel.DayTurned": (
        "换日：{service} 的第 {partition} 分区换到 {on}",
        "day turned: partition {partition} of {service} to {on}",
    ),
}
