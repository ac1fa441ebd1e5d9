"""Accounts of colleagues: how they come, are away, hand over and leave."""
