-- When what stands in the log up to a position was committed, by this server's clock (seconds since 1970): an event's own
-- moment may be of another day (an import, a late entry). A table of its own: processes of the version before read on.

CREATE TABLE commits (
    position bigint PRIMARY KEY,
    at bigint NOT NULL DEFAULT EXTRACT(EPOCH FROM now())::bigint
);
