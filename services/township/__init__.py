"""township: the four services in one process, embedded; rehearsals, demonstrations and looking in."""
