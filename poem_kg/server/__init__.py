"""The listener of the web service, and the processes that do its work.

The listener speaks HTTP and nothing else. A nursery holds one version of the knowledge and forks
workers from it; a worker answers one call at a time, and may be killed at any moment.
"""
