"""The field's codes with their sources. Refuses to hold approvals, logic or rows."""
