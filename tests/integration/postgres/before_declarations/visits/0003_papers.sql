CREATE TABLE agreements (
    seq bigint PRIMARY KEY,
    elder text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    signed_on text COLLATE "C" NOT NULL,
    by_staff text COLLATE "C" NOT NULL,
    begins text COLLATE "C" NOT NULL,
    ends text COLLATE "C",
    supporter text COLLATE "C" NOT NULL,
    caretaker text COLLATE "C" NOT NULL,
    relation text COLLATE "C" NOT NULL,
    filed_on text COLLATE "C",
    ended_on text COLLATE "C"
);
CREATE INDEX agreements_by_elder ON agreements (elder, seq);

CREATE TABLE covered (
    elder text COLLATE "C" PRIMARY KEY,
    village text COLLATE "C" NOT NULL,
    is_certified integer NOT NULL,
    is_signed integer NOT NULL
);

CREATE TABLE needs (
    elder text COLLATE "C",
    need text COLLATE "C",
    village text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    found_on text COLLATE "C" NOT NULL,
    found_by text COLLATE "C" NOT NULL,
    met_on text COLLATE "C",
    met_by text COLLATE "C",
    PRIMARY KEY (elder, need)
);
CREATE INDEX needs_by_village ON needs (village, found_on);
