CREATE TABLE set_aside (
    elder text COLLATE "C" PRIMARY KEY
);
