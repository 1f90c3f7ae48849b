CREATE TABLE problems (
    problem text COLLATE "C" PRIMARY KEY,
    elder text COLLATE "C" NOT NULL,
    village text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    part integer NOT NULL,
    stage text COLLATE "C" NOT NULL,
    due text COLLATE "C",
    found_on text COLLATE "C" NOT NULL,
    found_by text COLLATE "C" NOT NULL,
    visit text COLLATE "C" NOT NULL,
    opened_at text COLLATE "C" NOT NULL,
    accepted_at text COLLATE "C",
    first_handled_at text COLLATE "C",
    closed_at text COLLATE "C",
    verified_at text COLLATE "C",
    reopened integer NOT NULL,
    overdue integer NOT NULL,
    wake text COLLATE "C"
);
CREATE INDEX problems_by_elder ON problems (elder, opened_at);
CREATE INDEX problems_by_village ON problems (village, stage);
CREATE INDEX problems_by_wake ON problems (part, wake);

CREATE TABLE problem_units (
    seq bigint,
    problem text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    due text COLLATE "C" NOT NULL,
    handed_at text COLLATE "C" NOT NULL,
    handled_at text COLLATE "C",
    is_overdue integer NOT NULL,
    PRIMARY KEY (seq, unit)
);
CREATE INDEX problem_units_by_problem ON problem_units (problem, unit, seq);

INSERT INTO problems (problem, elder, village, kind, part, stage, found_on, found_by, visit, opened_at, reopened, overdue)
SELECT incident, elder, village, incidents.kind, part, 'opened', substr(reported_at, 1, 10), '', '', reported_at, 0, 0
FROM incidents JOIN records ON subject = elder;
