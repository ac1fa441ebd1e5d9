"""Whether the queue lives: signs of life, what was given up, and the page that shows both."""
