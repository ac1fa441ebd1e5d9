"""How the pages look: forms, components, slots, headers and the bare error pages."""
