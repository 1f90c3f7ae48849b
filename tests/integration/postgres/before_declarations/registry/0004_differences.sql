CREATE TABLE differences (
    comparison text COLLATE "C",
    number integer,
    department text COLLATE "C" NOT NULL,
    compared_on text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    category text COLLATE "C" NOT NULL,
    elder text COLLATE "C",
    place text COLLATE "C" NOT NULL,
    tail text COLLATE "C" NOT NULL,
    decision text COLLATE "C",
    by_staff text COLLATE "C",
    reason text COLLATE "C",
    PRIMARY KEY (comparison, number)
);
