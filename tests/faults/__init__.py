"""Faults on real processes. Timings live here and in the bench, never in the suite."""
