"""The pattern book: every part of a page, in every state, at its own address."""
