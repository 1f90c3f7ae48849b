CREATE TABLE outgoing (
    delivery text COLLATE "C" PRIMARY KEY,
    channel text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    is_urgent integer NOT NULL,
    status text COLLATE "C" NOT NULL,
    word text COLLATE "C",
    due text COLLATE "C",
    attempts integer NOT NULL,
    planned_at text COLLATE "C" NOT NULL,
    changed_at text COLLATE "C" NOT NULL
);
CREATE INDEX outgoing_by_due ON outgoing (due, channel);
CREATE INDEX outgoing_by_status ON outgoing (status);

CREATE TABLE attempts (
    delivery text COLLATE "C" NOT NULL,
    number integer NOT NULL,
    channel text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    begun_at text COLLATE "C" NOT NULL,
    word text COLLATE "C",
    PRIMARY KEY (delivery, number)
);
CREATE INDEX attempts_by_channel ON attempts (channel, begun_at);
