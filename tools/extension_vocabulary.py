"""Writes extension/lib/meta/vocabulary.js anew from the package's vocabularies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from creditline.vocab.consent_terms import DATA_MINING
from creditline.vocab.generators import AGENTS, AIGC_PRODUCERS, CREDIT_MARKS
from creditline.vocab.namespaces import PREFIX_OF
from creditline.vocab.source_types import SOURCE_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGET = Path(__file__).resolve().parents[1] / "extension" / "lib" / "meta" / "vocabulary.js"
_HEAD = """// @ts-check
// Written by tools/extension_vocabulary.py from the Python package's vocabularies; a test says when it is stale.
"""


def _table(what: str, kind: str, name: str, entries: Mapping[str, object]) -> str:
    lines = [
        f"  {json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}," for k, v in entries.items()
    ]
    body = "\n".join(lines)
    return f"/** {what} @type {{Record<string, {kind}>}} */\nexport const {name} = {{\n{body}\n}};\n"


def _pattern(pattern: str) -> str:
    bare = pattern.removeprefix("(?i)").replace("/", "\\/")
    return f"/^(?:{bare})/{'iu' if pattern.startswith('(?i)') else 'u'}"


def text() -> str:
    """The module as it should stand."""
    pair = "[string, string]"
    kinds = {t.term.casefold(): [t.term, t.kind.value] for t in SOURCE_TYPES}
    marks = {mark.line.casefold(): [mark.generator, mark.extent] for mark in CREDIT_MARKS}
    # An agent that only counts with its signer's name beside it is for whoever verifies signatures.
    agents = [f"  [{_pattern(a.pattern)}, {json.dumps(a.generator)}]," for a in AGENTS if not a.signer]
    return "\n".join(
        (
            _HEAD,
            _table("Namespace URI → usual prefix.", "string", "PREFIX_OF", PREFIX_OF),
            _table(
                "Source type in lower case → its spelling, and what it says about AI.", pair, "SOURCE_TYPES", kinds
            ),
            _table(
                "`plus:DataMining` code → what it says about AI training.", "string", "DATA_MINING", DATA_MINING
            ),
            _table(
                "Credit lines that services stamp, in lower case → who, how much.", pair, "CREDIT_MARKS", marks
            ),
            _table("Producers under GB 45438-2025 by number.", "string", "AIGC_PRODUCERS", AIGC_PRODUCERS),
            "/** How an AI system's name begins → the generator. @type {[RegExp, string][]} */",
            "export const AGENTS = [\n" + "\n".join(agents) + "\n];\n",
        )
    )


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name} written")
