"""Questions, possible answers, three-valued logic and verdicts. Refuses to hold referrals."""
