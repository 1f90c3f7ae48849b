-- When what stands in the log up to a position was committed, by this server's clock (seconds since 1970): an event's own
-- moment may be of another day (an import, a late entry). A table of its own: processes of the version before read on.
-- What was recorded before this was kept counts from now.

CREATE TABLE commits (
    position bigint PRIMARY KEY,
    at bigint NOT NULL DEFAULT EXTRACT(EPOCH FROM now())::bigint
);
INSERT INTO commits (position) SELECT MAX(notification_id) FROM stored_events HAVING MAX(notification_id) IS NOT NULL;
