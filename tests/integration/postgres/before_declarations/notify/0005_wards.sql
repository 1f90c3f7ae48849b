CREATE TABLE wards (
    elder text COLLATE "C" PRIMARY KEY,
    carer text COLLATE "C",
    is_certified integer NOT NULL
);
CREATE INDEX wards_by_carer ON wards (carer);
