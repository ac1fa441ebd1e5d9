"""Text messages: the carriers, what we send, what comes back, and how she stops them."""
