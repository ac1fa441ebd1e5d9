"""Requests that a colleague takes down: on the phone, from a clinic, from a fax."""
