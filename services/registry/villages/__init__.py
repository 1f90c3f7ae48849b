"""villages (村委会): their groups, and on which days they are there."""
