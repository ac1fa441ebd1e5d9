"""`make bench`: what a step costs on this machine, each beside the least it could cost."""
