"""What differs between installations: OVERLIGGER_* read once into a frozen dataclass.

| variable | meaning | default |
|---|---|---|
| OVERLIGGER_DATABASE_URL | SQLite or PostgreSQL | sqlite:///instance/overligger.db |
| OVERLIGGER_SECRET_KEY | signs sessions, encrypts CPR; required outside demo mode | none |
| OVERLIGGER_DEMO | 1 = demo people may sign in, letters go nowhere | 0 |
| OVERLIGGER_PROCESSES | folder with the diagrams | processes beside the engine |
| OVERLIGGER_FORMS | folder with the forms | forms beside the engine |
| OVERLIGGER_LETTERS_OUT | folder where letters are left for the municipality's post | none: they wait |
| OVERLIGGER_SMTP_URL | smtp://user:password@host:587 (STARTTLS) or smtps:// for mails to colleagues | none: they wait |
| OVERLIGGER_MAIL_FROM | the address that those mails come from | none |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Settings:
    database_url: str = "sqlite:///instance/overligger.db"
    secret_key: str | None = None
    demo: bool = False
    processes: Path = ROOT / "processes"
    forms: Path = ROOT / "forms"
    letters_out: Path | None = None
    smtp_url: str | None = None
    mail_from: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """The settings that these environment variables ask for."""

        def value(name: str, default):
            return environ.get(f"OVERLIGGER_{name}") or default

        return cls(
            database_url=value("DATABASE_URL", cls.database_url),
            secret_key=value("SECRET_KEY", None),
            demo=value("DEMO", "0").lower() in ("1", "true", "yes", "on"),
            processes=Path(value("PROCESSES", cls.processes)),
            forms=Path(value("FORMS", cls.forms)),
            letters_out=Path(folder) if (folder := value("LETTERS_OUT", None)) else None,
            smtp_url=value("SMTP_URL", None),
            mail_from=value("MAIL_FROM", None),
        )


DEMO_SECRET = "fiktivby"
_settings: Settings | None = None


def settings() -> Settings:
    """This process's settings."""
    global _settings
    if _settings is None:
        _settings = Settings.read(os.environ)
    return _settings


def enter_demo() -> None:
    """From now on this process serves a demonstration: fictitious people, nothing leaves."""
    global _settings
    now = settings()
    _settings = replace(now, demo=True, secret_key=now.secret_key or DEMO_SECRET)
