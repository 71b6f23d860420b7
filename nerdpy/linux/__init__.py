"""Syscalls, /proc and subprocesses."""
