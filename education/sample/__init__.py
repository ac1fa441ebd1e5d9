"""Sample pages and facts for the demo. Refuses to be used for real patients."""
