"""Measurements that anyone can run; speed is told as a ratio of two things timed in one run."""
