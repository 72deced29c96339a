"""What a renderer needs to know beside the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from checker.values import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to render. `width` is in terminal cells; `unicode` says that the output can hold more than ASCII.

    `sources` are the texts that were read, by name, for excerpts. `folder` is where relative paths start
    and `root` what paths in annotations are relative to: both absolute, or "" to leave paths alone.
    `closing` asks for the block at the end of the text, `notes` are lines to say there.
    """

    color: bool = False
    width: int = 100
    unicode: bool = True
    closing: bool = True
    sources: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""
    root: str = ""
    notes: tuple[str, ...] = ()
