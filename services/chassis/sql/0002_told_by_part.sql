-- With every telling and every pull the log is asked what was told last, or next, in one partition. By position alone
-- that reads past all that was told in the others: without end where a partition has been silent for long.
-- Unique, so that two relays at once cannot tell two different stories of one partition unseen.

CREATE UNIQUE INDEX told_by_part ON told (part, position);
