CREATE TABLE tellings (
    telling text COLLATE "C" PRIMARY KEY,
    about text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    duty text COLLATE "C",
    period text COLLATE "C",
    incident text COLLATE "C",
    grade text COLLATE "C",
    arose_at text COLLATE "C" NOT NULL,
    due text COLLATE "C",
    status text COLLATE "C" NOT NULL,
    level integer NOT NULL
);
CREATE INDEX tellings_by_due ON tellings (due);
CREATE INDEX tellings_by_subject ON tellings (subject, about);

CREATE TABLE notices (
    seq bigint NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    telling text COLLATE "C" NOT NULL,
    level integer NOT NULL,
    sent_at text COLLATE "C" NOT NULL,
    PRIMARY KEY (seq, recipient)
);
CREATE INDEX notices_by_recipient ON notices (recipient, sent_at);

CREATE TABLE messages (
    message text COLLATE "C" PRIMARY KEY,
    recipient text COLLATE "C" NOT NULL,
    is_digest integer NOT NULL,
    items text COLLATE "C" NOT NULL,
    posted_at text COLLATE "C" NOT NULL
);
CREATE INDEX messages_by_recipient ON messages (recipient, posted_at);

CREATE TABLE deliveries (
    message text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    outcome text COLLATE "C",
    delivered_at text COLLATE "C",
    PRIMARY KEY (message, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (channel, outcome);
