-- Messages that could not be handled, with their bytes, and those that wait behind them.

CREATE TABLE parked (
    id text COLLATE "C" PRIMARY KEY,
    upstream text COLLATE "C" NOT NULL,
    part integer NOT NULL,
    position bigint NOT NULL,
    subject text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    error text COLLATE "C" NOT NULL,
    dropped text COLLATE "C"
);
CREATE INDEX parked_in_order ON parked (upstream, part, position);
