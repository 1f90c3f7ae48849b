"""visits: what care is owed, what was done, what was missed, what was found."""
