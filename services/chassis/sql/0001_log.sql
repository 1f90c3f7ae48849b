-- The log of a service. Text is compared byte by byte, as SQLite does it, whatever the locale of the database.

CREATE TABLE stored_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text COLLATE "C",
    state bytea,
    notification_id bigserial,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_vacuum_scale_factor = 0.5,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX stored_events_notification_id_idx ON stored_events (notification_id);

CREATE TABLE tracking (
    application_name text COLLATE "C" PRIMARY KEY,
    notification_id bigint
);
-- eventsourcing looks for this row, and takes a table without it for one of an older kind.
INSERT INTO tracking VALUES ('__migration__', 1);

CREATE TABLE answers (
    command text COLLATE "C" PRIMARY KEY,
    content text COLLATE "C" NOT NULL,
    answer text COLLATE "C" NOT NULL
);

CREATE TABLE told (
    position bigint PRIMARY KEY,
    part integer NOT NULL,
    previous bigint NOT NULL
);

CREATE TABLE snapshots (
    originator text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL,
    state text COLLATE "C" NOT NULL
);
