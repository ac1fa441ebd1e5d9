"""The demo: everything on one machine with one command, on invented people."""
