"""Write docs/reference/wire-forms.md from a run of every wire form through the real proxy; `--check` compares."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "wire-forms.md"
sys.path.insert(0, str(ROOT))

from tests.e2e import wire_matrix  # noqa: E402


def main(*, check: bool) -> int:
    """0: written, or as the page says; 1: the page says something else."""
    with tempfile.TemporaryDirectory() as folder:
        page = wire_matrix.page(asyncio.run(wire_matrix.table(Path(folder))))
    if not check:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if page == PAGE.read_text(encoding="utf-8"):
        return 0
    print(f"{PAGE} is not what a run says: `make wire-forms` writes it anew", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
