"""care: what is owed for one elder, what was done, what was missed."""
