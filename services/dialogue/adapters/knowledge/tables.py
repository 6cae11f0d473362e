"""The tables of the shop's knowledge, for SQLite and PostgreSQL."""

from sqlalchemy import JSON, Boolean, Column, Date, DateTime, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

STATE = Table(
    "knowledge_state",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("epoch", String, nullable=False),
    Column("version", Integer, nullable=False),
)
"""One row. `epoch` is drawn when the tables are made, so that a new database never repeats an old one's versions."""

DOCUMENTS = Table(
    "knowledge_documents",
    METADATA,
    Column("id", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("source", String, nullable=False),
    Column("origin", String, nullable=False, index=True),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("sections", JSON, nullable=False),
    Column("asks", JSON, nullable=False),
    Column("checksum", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("version", Integer, nullable=False),
)
"""`version` is the knowledge version that brought the document; `made_by` names what cut and embedded it."""

PASSAGES = Table(
    "knowledge_passages",
    METADATA,
    Column("document", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("text", String, nullable=False),
    Column("leads", Boolean, nullable=False),
    Column("asks", Integer, nullable=False),
    Column("words", JSON, nullable=False),
    Column("vectors", LargeBinary, nullable=False),
)
"""`vectors`: half-precision rows for the passage, its title, the `asks` questions that its document answers (with its
first passage only), and each sentence where these are kept."""

GAPS = Table(
    "knowledge_gaps",
    METADATA,
    Column("id", String, primary_key=True),
    Column("question", String, nullable=False),
    Column("language", String, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("covered_by", String, nullable=False),
)
"""Questions without an answer, personal data masked; `covered_by` is the document that answers one now, or empty."""
