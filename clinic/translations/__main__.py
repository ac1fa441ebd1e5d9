"""`python -m clinic.translations` compiles the catalogs; with `collect` it updates them first.

Collecting is for who writes words and needs gettext's `xgettext`; compiling needs nothing.
"""

from __future__ import annotations

import sys

from clinic.translations.collecting import collect
from clinic.translations.compiling import compile_changed


def main(arguments: list[str]) -> None:
    """Do what was asked and say what was written."""
    if arguments == ["collect"]:
        collect()
    for path in compile_changed():
        sys.stdout.write(f"Compiled: {path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
