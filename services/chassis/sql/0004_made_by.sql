CREATE TABLE made_by (
    version text COLLATE "C" PRIMARY KEY
);
