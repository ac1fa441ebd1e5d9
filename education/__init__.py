"""The education wing: what people read. Refuses patient data, and never imports `referrals`."""
