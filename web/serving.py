"""Serves the site: gunicorn in one process with threads, and the pump of due jobs beside it.

On SQLite there is one serving process per database file, which a file lock holds to; on PostgreSQL
several may serve and pump.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from gunicorn.app.base import BaseApplication

from engine import dispatch, mail
from engine.errors import Refused
from engine.scheduler import Pump
from engine.store import Store
from web.app import configure_logs, create_app

THREADS = 8


class AlreadyServed(Refused):
    """Databasen bliver allerede serveret af en anden proces. Stop den først, eller brug PostgreSQL."""


class _Server(BaseApplication):
    def __init__(self, url, host: str, port: int):
        self._url, self._bind = url, f"{host}:{port}"
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": self._bind,
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 60,
            "graceful_timeout": 10,
            "accesslog": None,
            "loglevel": "warning",
            "post_worker_init": _start_pump,
            "worker_exit": _stop_pump,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        # Made after the fork: no database connection is shared between processes.
        configure_logs()
        return create_app(Store(self._url))


def serve(store: Store, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until stopped. Raises AlreadyServed, and whatever `create_app` refuses."""
    lock = _locked(store)
    create_app(store)  # refuses here, in words, rather than in a worker that restarts for ever
    url = store.url
    store.close()
    try:
        _Server(url, host, port).run()
    finally:
        if lock is not None:
            lock.close()


def _locked(store: Store) -> IO | None:
    path = store.url.database
    if store.url.get_backend_name() != "sqlite" or not path or path == ":memory:":
        return None
    lock = Path(f"{path}.serving").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AlreadyServed from None
    return lock


def _start_pump(worker) -> None:
    app = worker.wsgi
    store = app.extensions["store"]
    senders = {**dispatch.senders(store), **mail.senders(store)}
    app.extensions["pump"] = Pump(store, senders=senders).start()


def _stop_pump(_server, worker) -> None:
    pump = getattr(worker, "wsgi", None) and worker.wsgi.extensions.pop("pump", None)
    if pump:
        pump.stop()
