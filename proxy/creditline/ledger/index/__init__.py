"""Engines that find fingerprints near a fingerprint, behind the one interface `interface.CandidateIndex`.

The `fingerprints` table stays the truth: an engine is loaded from it and can be thrown away. A new engine is a
module here, a line in `ENGINES`, and a run of the conformance tests in `tests/ledger/index`.
"""

from creditline.ledger.index.faiss_flat import FaissIndex
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.index.postgres import PostgresIndex

ENGINES = (LinearIndex, FaissIndex, PostgresIndex)
