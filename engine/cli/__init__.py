"""The command line: overligger init | check | deploy | play | fill | audit | bench | docs.

JSON stands alone on stdout; everything else goes to stderr. Exit 0 is well, 1 is a fault found,
2 is a bad argument. `docs/howto/cli.md` tells them one by one. `web.cli` adds what serves the site.
"""

from __future__ import annotations

import click

from engine.cli.auditing import audit
from engine.cli.deploying import check, deploy, docs
from engine.cli.initialising import init
from engine.cli.measuring import bench
from engine.cli.playing import fill, play
from engine.console import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="overligger")
def main() -> None:
    """Overligger: one plan above the sector plans, and a process that never drops a case."""


for _command in (init, check, deploy, play, fill, audit, bench, docs):
    main.add_command(_command)
