CREATE TABLE records (
    subject text COLLATE "C" PRIMARY KEY,
    kind text COLLATE "C" NOT NULL,
    part integer NOT NULL,
    village text COLLATE "C" NOT NULL,
    wake text COLLATE "C"
);
CREATE INDEX records_by_wake ON records (part, wake);

CREATE TABLE duties (
    seq bigint PRIMARY KEY,
    subject text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    duty text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    opens_on text COLLATE "C" NOT NULL,
    closes_on text COLLATE "C" NOT NULL,
    count integer NOT NULL,
    status text COLLATE "C" NOT NULL,
    ended_on text COLLATE "C",
    shortfall integer,
    responsible text COLLATE "C",
    grade text COLLATE "C",
    reconciled_on text COLLATE "C",
    days_late integer
);
CREATE INDEX duties_by_subject ON duties (subject, duty, period, seq);
CREATE INDEX duties_by_status ON duties (status, closes_on);

CREATE TABLE visits (
    seq bigint PRIMARY KEY,
    visit text COLLATE "C" NOT NULL,
    elder text COLLATE "C" NOT NULL,
    by_staff text COLLATE "C" NOT NULL,
    occurred_on text COLLATE "C" NOT NULL,
    mode text COLLATE "C" NOT NULL,
    recorded_on text COLLATE "C" NOT NULL
);
CREATE INDEX visits_by_elder ON visits (elder, occurred_on);

CREATE TABLE incidents (
    incident text COLLATE "C" PRIMARY KEY,
    elder text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    reported_at text COLLATE "C" NOT NULL
);
CREATE INDEX incidents_by_elder ON incidents (elder);

CREATE TABLE days (
    service text COLLATE "C",
    part integer,
    day text COLLATE "C" NOT NULL,
    PRIMARY KEY (service, part)
);
