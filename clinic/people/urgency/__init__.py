"""Urgent words in what somebody typed, and what is owed for them."""
