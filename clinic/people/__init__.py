"""Staff and the people they serve, and who may see whom. Refuses what happens to a person."""
