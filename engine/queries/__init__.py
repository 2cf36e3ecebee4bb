"""What the pages show: one question per file, answered with plain frozen records.

A query reads only, and asks `domain/access` for what exists for the user; nothing is filtered
anywhere else. The web turns its answers into pages, the command line measures them.
"""
