CREATE TABLE elders (
    elder text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    village_group text COLLATE "C" NOT NULL,
    born text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    since text COLLATE "C" NOT NULL,
    carer text COLLATE "C",
    reason text COLLATE "C",
    wake text COLLATE "C"
);
CREATE INDEX elders_by_wake ON elders (wake);
CREATE INDEX elders_by_village ON elders (village, status);

CREATE TABLE days (
    service text COLLATE "C",
    part integer,
    day text COLLATE "C" NOT NULL,
    PRIMARY KEY (service, part)
);

CREATE TABLE villages (
    village text COLLATE "C" PRIMARY KEY,
    name text COLLATE "C" NOT NULL
);
