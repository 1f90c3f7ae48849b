"""What every service's refusal of a command is."""

from typing import ClassVar


class Refusal(ValueError):
    """A command that cannot be taken. The class's docstring says what to do.

    Where it is raised nothing was recorded; a decision that records its refusal returns it.

    `heard_from` names the service whose telling would change the answer; empty where none would.
    """

    heard_from: ClassVar[str] = ""

    @property
    def reason(self) -> str:
        """A stable word for programs: the class's name."""
        return type(self).__name__

    @property
    def advice(self) -> str:
        """A sentence for people."""
        return str(self) or (type(self).__doc__ or "").strip()
