"""The small process beside each task: logs, attach, exit. Standard library only."""
