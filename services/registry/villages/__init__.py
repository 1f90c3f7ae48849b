"""villages (村委会): their groups, on which days they are there, and the township that they make up."""
