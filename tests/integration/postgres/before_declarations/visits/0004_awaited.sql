CREATE TABLE awaited (
    elder text COLLATE "C" PRIMARY KEY
);
