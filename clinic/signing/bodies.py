"""What a body holds: its texts, its title, the places to fill, and where it leaves its pattern.

Pure. Refuses to know kinds, versions and approvals, and to judge words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any, Final

TITLES: Final = ("title", "name", "subject", "heading", "words")
ANY_KEY: Final = "*"
STEP: Final = " · "


def leaves(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its path, in the body's order: ("options · unsure", "Not sure")."""
    pairs: Iterable[tuple[object, Any]]
    if isinstance(body, Mapping):
        pairs = body.items()
    elif isinstance(body, list):
        pairs = enumerate(body, start=1)
    else:
        yield path, "" if body is None else str(body)
        return
    for key, value in pairs:
        yield from leaves(value, _below(path, key))


def title(body: Mapping[str, Any]) -> str:
    """What the words call themselves; the first sentence of lists that have no title, else ""."""
    for name in TITLES:
        if body.get(name) and isinstance(body[name], str):
            return str(body[name])
    sentences = (text for path, text in leaves(body) if path.rpartition(STEP)[2] in TITLES)
    return next(sentences, "")


def placeholders(body: Any) -> Iterator[str]:
    """What stands in braces, as `str.format` reads it; ValueError for a brace without its pair.

    "{due!r}" and "{caller.pk}" come back as they are, so that neither passes for a plain name.
    """
    for _path, text in leaves(body):
        for _literal, name, form, conversion in Formatter().parse(text):
            if name is not None:
                yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")


def misfits(body: Any, shape: Any, path: str = "") -> Iterator[str]:
    """The paths at which a body leaves its pattern: missing, unknown, or another type.

    See `TextKind.shape` for patterns; the body of an earlier version is one, too.
    """
    if isinstance(shape, Mapping) and isinstance(body, Mapping):
        yield from _misfit_keys(body, shape, path)
    elif isinstance(shape, list) and isinstance(body, list):
        for number, item in enumerate(body, start=1):
            if shape:
                yield from misfits(item, shape[0], _below(path, number))
    elif type(body) is not type(shape):
        yield path


def _misfit_keys(body: Mapping[str, Any], shape: Mapping[str, Any], path: str) -> Iterator[str]:
    for key in sorted({*body, *shape} - {ANY_KEY}):
        if key not in body or (key not in shape and ANY_KEY not in shape):
            yield _below(path, key)
        else:
            yield from misfits(body[key], shape.get(key, shape.get(ANY_KEY)), _below(path, key))


def _below(path: str, key: object) -> str:
    return f"{path}{STEP}{key}" if path else str(key)
