CREATE TABLE numbers (
    elder text COLLATE "C" PRIMARY KEY,
    digest text COLLATE "C" NOT NULL
);
CREATE INDEX numbers_by_digest ON numbers (digest);
