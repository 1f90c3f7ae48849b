CREATE TABLE cancelled (
    telling text COLLATE "C" NOT NULL,
    recipient text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    was_told integer NOT NULL,
    item text COLLATE "C" NOT NULL,
    cancelled_at text COLLATE "C" NOT NULL,
    PRIMARY KEY (telling, recipient)
);
CREATE INDEX cancelled_by_recipient ON cancelled (recipient, cancelled_at);
