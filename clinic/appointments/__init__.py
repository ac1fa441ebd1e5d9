"""Appointment requests: asking, taking, calling, closing. Refuses trials."""
