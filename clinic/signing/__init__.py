"""Every sentence a person reads, with the approvals it needs. Refuses pages, trials, messages."""
