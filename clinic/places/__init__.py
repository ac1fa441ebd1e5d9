"""The centre, its places and its numbers: a number stands in one row. Refuses people."""
