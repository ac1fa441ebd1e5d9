"""What is owed to whom, and the one dispatcher that pays it. Refuses to hold decisions."""
