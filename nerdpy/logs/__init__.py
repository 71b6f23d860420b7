"""Log drivers, rotation and the reading of logs."""
