"""The ledger's tables. Observations are append-only; only purging takes their personal values away.

A change here needs a revision under `migrations/versions` and its name at the end of `REVISIONS`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditline.model.errors import LedgerError, LimitError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
"""Every revision this code knows, oldest first; the last is the one it works with."""

PERSONAL = ("account", "url", "filename")
"""Those of `model.observation.PERSONAL` that an observation carries: each a value, a salt and a digest."""

MAX_JSON = 16 * 1024 * 1024
"""Characters of one stored document. Workflows of image generators reach a few MiB; more is an attack."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits everywhere; SQLite only numbers rows by itself in a column declared INTEGER."""


class Document(sa.types.TypeDecorator[Any]):
    """A JSON document kept as text, so that what was stored comes back in the order in which it was stored.

    Raises `LimitError` past `MAX_JSON`, `LedgerError` for what is no JSON (either way).
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """The document as ASCII JSON, so that no lone surrogate reaches the database's encoder."""
        if value is None:
            return None
        try:
            text = json.dumps(value, allow_nan=False, separators=(",", ":"))
        except (ValueError, TypeError, RecursionError) as error:
            raise LedgerError(f"not a JSON document: {error}", code="ledger_value") from error
        if len(text) > MAX_JSON:
            raise LimitError(f"a document of {len(text)} characters is over the ledger's cap of {MAX_JSON}")
        return text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """The document as it was put."""
        if value is None:
            return None
        try:
            return json.loads(value)
        except (ValueError, TypeError, RecursionError) as error:
            raise LedgerError(f"a stored document is damaged: {error}", code="ledger_damaged") from error


def _personal(name: str) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column(name, sa.Text),
        sa.Column(f"{name}_salt", sa.LargeBinary),
        sa.Column(f"{name}_digest", sa.String(64)),
    )


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

works = sa.Table(
    "works",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("sha256", sa.String(64)),
    sa.Column("mine", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Index(None, "sha256"),
)

pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("format", sa.String(32)),
    sa.Column("width", sa.BigInteger),
    sa.Column("height", sa.BigInteger),
    sa.Column("kept", sa.Boolean, nullable=False),
    sa.Column("first_seen", sa.String(40), nullable=False),
)

observations = sa.Table(
    "observations",
    metadata,
    sa.Column("seq", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("at", sa.String(64), nullable=False),
    sa.Column("moment", sa.BigInteger, nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("via", sa.String(16), nullable=False),
    sa.Column("site", sa.Text),
    *_personal("account"),
    *_personal("url"),
    *_personal("filename"),
    sa.Column("profile", sa.Text),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("form", sa.Text),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("pictures.sha256")),
    sa.Column("bytes", sa.BigInteger),
    sa.Column("format", sa.Text),
    sa.Column("width", sa.BigInteger),
    sa.Column("height", sa.BigInteger),
    sa.Column("work", sa.String(64), sa.ForeignKey("works.id")),
    sa.Column("exchange", sa.String(64)),
    sa.Column("part", sa.Text, nullable=False),
    sa.Column("declared", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("missed", sa.Text),
    sa.Column("chain", sa.String(64), nullable=False),
    sa.Column("prev", sa.String(64)),
    sa.Column("purged", sa.String(40)),
    sa.UniqueConstraint("id"),
    sa.Index(None, "site", "moment"),
    sa.Index(None, "moment"),
    sa.Index(None, "sha256"),
    sa.Index(None, "work"),
    sa.Index(None, "exchange"),
)

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("seq", NUMBER, primary_key=True),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("pictures.sha256"), nullable=False),
    sa.Column("reader", sa.String(64), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("inspection", Document, nullable=False),
    sa.UniqueConstraint("sha256", "reader"),
    sqlite_autoincrement=True,
)

fingerprints = sa.Table(
    "fingerprints",
    metadata,
    sa.Column("seq", NUMBER, primary_key=True),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("pictures.sha256"), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("work", sa.String(64), sa.ForeignKey("works.id")),
    sa.Column("code", sa.LargeBinary),
    sa.Column("quality", sa.Integer),
    sa.Column("pixels", sa.String(64)),
    sa.Column("missed", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("luma", sa.LargeBinary),
    sa.UniqueConstraint("sha256", "kind"),
    sa.Index(None, "pixels"),
    sa.Index(None, "work"),
    sqlite_autoincrement=True,
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("rule", sa.String(128), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("work", sa.String(64), sa.ForeignKey("works.id")),
    sa.Column("observation", sa.String(64), sa.ForeignKey("observations.id"), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Index(None, "observation"),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("seq", NUMBER, primary_key=True),
    sa.Column("id", sa.String(64), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("version", sa.String(64), nullable=False),
    sa.Column("original", sa.String(64), sa.ForeignKey("observations.id")),
    sa.Column("uploaded", sa.String(64), sa.ForeignKey("observations.id")),
    sa.Column("served", sa.String(64), sa.ForeignKey("observations.id")),
    sa.Column("work", sa.String(64), sa.ForeignKey("works.id")),
    sa.Column("site", sa.Text),
    sa.Column("variant", sa.Text),
    sa.Column("match", sa.String(32)),
    sa.Column("lost", sa.Boolean, nullable=False),
    sa.Column("audit", Document),
    sa.Column("holds", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.UniqueConstraint("id"),
    sa.Index(None, "work", "holds"),
    sa.Index(None, "site"),
    sa.Index(None, "original"),
    sa.Index(None, "uploaded"),
    sa.Index(None, "served"),
    sa.Index(None, "holds", "site"),
    sa.Index(None, "holds", "seq"),
    sqlite_autoincrement=True,
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("verdict", NUMBER, sa.ForeignKey("verdicts.seq"), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(128), primary_key=True),
    sa.Column("outcome", sa.String(16), primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("hop", sa.String(64)),
)

missed = sa.Table(
    "missed",
    metadata,
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("site", sa.String(255), primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("exchange", sa.String(64)),
    sa.Column("times", sa.BigInteger, nullable=False),
)

credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("label", sa.String(512), primary_key=True),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("pictures.sha256"), primary_key=True),
    sa.Index(None, "sha256"),
)
"""Which pictures carry a C2PA manifest of that label as their active one; kept in step with `readings`."""

manifests = sa.Table(
    "manifests",
    metadata,
    sa.Column("id", sa.String(512), primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("store", sa.LargeBinary, nullable=False),
    sa.Column("opaque", sa.Boolean, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Index(None, "sha256"),
)
"""Manifest stores that were posted to the recovery API; those inside kept pictures are not copied here."""

bindings = sa.Table(
    "bindings",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("alg", sa.String(255), primary_key=True),
    sa.Column("manifest", sa.String(512), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("code", sa.LargeBinary),
    sa.Column("kind", sa.String(64)),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Index(None, "manifest"),
    sa.Index(None, "kind"),
)
"""Soft binding values by the SHA-256 of the value as given (`key`); `alg` is empty where nobody said it.

`code` is what the value means to the algorithm `kind` that we compute ourselves, for a search by distance.
"""
