"""Measurements of dedup; run each as a module: `python -m benchmarks.speed.main_job`."""
