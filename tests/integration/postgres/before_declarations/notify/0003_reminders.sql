CREATE TABLE mornings (
    recipient text COLLATE "C" PRIMARY KEY,
    due text COLLATE "C" NOT NULL
);
CREATE INDEX mornings_by_due ON mornings (due);
