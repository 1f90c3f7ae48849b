CREATE TABLE grades (
    elder text COLLATE "C" PRIMARY KEY,
    part integer NOT NULL,
    grade text COLLATE "C",
    since text COLLATE "C",
    because text COLLATE "C" NOT NULL,
    due text COLLATE "C",
    wake text COLLATE "C"
);
CREATE INDEX grades_by_wake ON grades (part, wake);
CREATE INDEX grades_by_grade ON grades (grade);

CREATE TABLE days (
    service text COLLATE "C",
    part integer,
    day text COLLATE "C" NOT NULL,
    PRIMARY KEY (service, part)
);
