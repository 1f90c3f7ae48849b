"""What a message says. What a robot says to a group is made of fixed words, numbers and a village's label alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from services.notify.terms import OVERDUE, REMINDER, TAKEN_OVER, About

LABEL = re.compile(r"[\u4e00-\u9fff]{1,12}")
_MOST = 10_000
WORDS: Mapping[str, tuple[str, str]] = {
    About.INCIDENT: ("紧急事件", "incidents"),
    About.GRADED: ("风险定级变动", "grade changes"),
    About.MISSED: ("逾期未办", "missed duties"),
    REMINDER: ("临期提醒", "reminders"),
    OVERDUE: ("问题超期", "overdue problems"),
    TAKEN_OVER: ("代管交接", "take-overs"),
}


@dataclass(frozen=True)
class GroupText:
    """群消息: how many matters of which kind wait in a village. It has no field that could hold anything else:
    no person, number, diagnosis, grade, duty, or kind of incident.

    `label` is the village's name as the operator wrote it (Chinese characters alone), or empty.
    """

    label: str
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        """Nothing gets past the types: a word that is not one of ours raises ValueError."""
        if self.label and not LABEL.fullmatch(self.label):
            raise ValueError("label: Chinese characters alone, at most 12")
        for about, count in self.counts.items():
            if about not in WORDS or type(count) is not int or not 0 < count < _MOST:
                raise ValueError("counts: a number for each kind of matter")

    def __str__(self) -> str:
        """Chinese, then English."""
        if not self.counts:
            return "【守望】通道测试，无需处理。 Shouwang: a test of this channel, nothing to do."
        known = [(words, self.counts[about]) for about, words in WORDS.items() if about in self.counts]
        chinese = "，".join(f"{words[0]}{count}件" for words, count in known)
        english = ", ".join(f"{count} {words[1]}" for words, count in known)
        place = f"{self.label}：" if self.label else ""
        return f"【守望】{place}{chinese}。请登录守望查看并签收。 Shouwang: {english}. Please log in to see."


TRIAL = GroupText("", {})


@dataclass(frozen=True)
class Letter:
    """What is sent: `key` is the same at every attempt, `to` a person's mail address or phone, None to a group."""

    key: str
    text: GroupText
    to: str | None = None
