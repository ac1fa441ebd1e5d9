"""Who saw or changed what: append-only events. Refuses to hold business state or values."""
