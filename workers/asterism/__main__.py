"""`python -m asterism COMMAND`: every step for one genome file from the shell, without queue or service.

A command is a module in `asterism/commands/` with HELP, `configure(parser)` and `run(arguments) -> exit
code`.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

from asterism import commands
from asterism.errors import WorkerError


def main(given: list[str] | None = None) -> int:
    """Find the command, run it, say expected errors in one line."""
    parser = argparse.ArgumentParser(prog="python -m asterism", description="Asterism without a service")
    choices = parser.add_subparsers(dest="command", required=True)
    for found in pkgutil.iter_modules(commands.__path__):
        module = importlib.import_module(f"asterism.commands.{found.name}")
        options = choices.add_parser(
            found.name.replace("_", "-"), help=module.HELP, description=module.__doc__
        )
        module.configure(options)
        options.set_defaults(run=module.run)
    arguments = parser.parse_args(given)
    try:
        return arguments.run(arguments)
    except (WorkerError, OSError, ValueError) as error:
        print(f"asterism {arguments.command}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
