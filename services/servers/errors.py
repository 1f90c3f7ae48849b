"""What can be the matter with a set of servers."""


class ServersError(RuntimeError):
    """The servers could not be brought up, reached or stopped; the message says what to do."""
