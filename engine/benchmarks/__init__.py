"""Measurements on a real database, as commands and never as timed tests.

Each function takes a database URL or None (a SQLite file of its own) and returns what the command
line prints as JSON. The demo municipality and everything shipped is deployed, as in daily use.
"""

from engine.benchmarks.contention import contention
from engine.benchmarks.inbox import inbox
from engine.benchmarks.start import start
from engine.benchmarks.steps import steps
from engine.benchmarks.timers import timers

__all__ = ["contention", "inbox", "start", "steps", "timers"]
