"""notify: who must know, and whether they took it up."""
