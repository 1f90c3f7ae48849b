CREATE INDEX elders_by_birth ON elders (born);

CREATE TABLE duplicates (
    elder text COLLATE "C",
    other text COLLATE "C",
    is_certain integer NOT NULL,
    percent integer NOT NULL,
    suspected_on text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    by_staff text COLLATE "C",
    reason text COLLATE "C",
    PRIMARY KEY (elder, other)
);
