"""Sample studies: facts of real ones in our own words, for the demo and the tests only."""
