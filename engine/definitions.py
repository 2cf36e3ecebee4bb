"""The rows: deployed definitions, the deployments they came with, and the releases they make up.

A definition is one version of a diagram, a decision table file or a form, and is never changed.
A release is the closed set of diagrams and forms that one process reaches: a case pins it at its
start. Decision tables are not pinned; the one in force is asked, by the day's rows.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.store import Base, Json, new_id

BPMN, DMN, FORM = "bpmn", "dmn", "form"


class Deployment(Base):
    """One act of putting files into use, with the warnings that were accepted."""

    __tablename__ = "deployments"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(60))
    warnings: Mapped[list] = mapped_column(Json, default=list)


class Definition(Base):
    """One version of one file. `key` is the process, form or decision id: the file's name.

    `provides`: a table file's decisions; what starts a process by itself, as
    {"kind": message | signal | timer, "element", "name", "timer": ISO 8601 or FEEL}.
    `needs`: what a process calls and shows, {"processes": [...], "forms": [...]}.
    """

    __tablename__ = "definitions"
    __table_args__ = (
        Index("uq_definitions_kind_key_version", "kind", "key", "version", unique=True),
        Index(
            "ix_definitions_current",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(8))  # bpmn | dmn | form
    key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(300), default="")
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    checksum: Mapped[str] = mapped_column(String(64))
    provides: Mapped[list] = mapped_column(Json, default=list)
    needs: Mapped[dict] = mapped_column(Json, default=dict)
    current: Mapped[bool] = mapped_column(default=True)
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployments.id"))
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(60))

    @property
    def file(self) -> str:
        """The name of the file it came from."""
        return f"{self.key}.{self.kind}"


class Release(Base):
    """A process with everything it reaches. The id is a digest of the versions: equal sets are one."""

    __tablename__ = "releases"
    __table_args__ = (
        Index(
            "ix_releases_current",
            "process",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    process: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    current: Mapped[bool] = mapped_column(default=True)


class ReleaseMember(Base):
    """A definition belongs to a release."""

    __tablename__ = "release_members"

    release_id: Mapped[str] = mapped_column(ForeignKey("releases.id"), primary_key=True)
    definition_id: Mapped[str] = mapped_column(
        ForeignKey("definitions.id"), primary_key=True, index=True
    )
