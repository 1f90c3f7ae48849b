"""What can be the matter with a set of servers."""


class ServersError(RuntimeError):
    """The servers could not be brought up, reached or stopped; the message says what to do."""


class ProgramsMissing(ServersError):
    """A server's programs are neither here nor to be had from the distribution; the message names the ways out."""
