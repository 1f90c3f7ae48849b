"""The stored events of entries that are merged: each stands in the file of either entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eventsourcing.utils import register_topic

from services.registry.elders.events import FileEvent

if TYPE_CHECKING:
    from services.registry.elders.files import ElderFile


class ElderMerged(FileEvent):
    """并档: this entry speaks of the same person as `into`; what is owed for it ends, its history stays."""

    TOPIC = "registry.ElderMerged"
    into: str
    by: str
    reason: str

    def apply(self, aggregate: ElderFile) -> None:
        """Nothing is entered here until the merge is undone."""
        aggregate.merged_into = self.into


class MergeUndone(FileEvent):
    """撤销并档: two people after all; the entry stands again as it stood, `status` since `since`."""

    TOPIC = "registry.MergeUndone"
    into: str
    by: str
    reason: str
    status: str
    since: str
    because: str | None

    def apply(self, aggregate: ElderFile) -> None:
        """An entry by itself."""
        aggregate.merged_into = None


class EntryTakenIn(FileEvent):
    """并入: another entry of the same person is read with this one."""

    TOPIC = "registry.EntryTakenIn"
    entry: str
    by: str
    reason: str

    def apply(self, aggregate: ElderFile) -> None:
        """One more."""
        aggregate.taken_in.append(self.entry)


class EntryGivenBack(FileEvent):
    """并入撤销: it was another person's."""

    TOPIC = "registry.EntryGivenBack"
    entry: str
    by: str
    reason: str

    def apply(self, aggregate: ElderFile) -> None:
        """One less."""
        aggregate.taken_in.remove(self.entry)


for _kind in (ElderMerged, MergeUndone, EntryTakenIn, EntryGivenBack):
    register_topic(_kind.TOPIC, _kind)
