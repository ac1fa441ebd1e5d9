"""Finding whoever is on the phone by what she says of herself."""
