"""Cases and referrals: asking, routing, calling, ending. Refuses criteria and their logic."""
