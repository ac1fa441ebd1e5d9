"""Faults on real processes. Timings live here and in the bench, never in the suite.

`python -m tests.faults` builds a whole site on loopback (`rig`), has a client send requests and
write down every reference it was shown (`load`), breaks something (`killing`, `brokers`, `posting`,
`visiting`), and then asks the database in plain SQL (`books`) and the mail sink what became of
each. Nothing in the production code knows of it: the faults are one more Django app (`arming`).
"""
