"""Sample words for the demo."""
