"""Serves the site: gunicorn in one process with threads, and the pump of due jobs beside it.

On SQLite there is one serving process per database file, which a file lock holds to; on PostgreSQL
several may serve and pump. A server that was killed leaves its worker for a second or two, with the
lock and the port: so whoever starts the next one waits a little for both.
"""

from __future__ import annotations

import errno
import fcntl
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

from gunicorn.app.base import BaseApplication

from engine import dispatch, mail
from engine.errors import Refused
from engine.scheduler import Pump
from engine.store import Store
from web.app import configure_logs, create_app

THREADS = 8
#: How long the next server waits for what the one before it still holds, in seconds.
PATIENCE = 5.0

T = TypeVar("T")


class AlreadyServed(Refused):
    """Databasen bliver allerede serveret af en anden proces. Stop den først, eller brug PostgreSQL."""


class PortTaken(Refused):
    """{host}:{port} kan ikke bruges: et andet program lytter der, eller porten kræver særlige rettigheder. Stop det, eller vælg en anden med --port."""


class NoSuchHost(Refused):
    """Der kan ikke lyttes på {host}: det er ikke en adresse på denne maskine. Vælg en anden med --host."""


class _Server(BaseApplication):
    def __init__(self, url, host: str, port: int, ready: Callable[[], None]):
        self._url, self._bind, self._ready = url, _address(host, port), ready
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
            "when_ready": lambda _server: self._ready(),
            "post_worker_init": _start_pump,
            "worker_exit": _stop_pump,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        # Made after the fork: no database connection is shared between processes.
        configure_logs()
        return create_app(Store(self._url))


def serve(
    store: Store,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until stopped; `ready` is called once the site can be opened.

    Raises AlreadyServed, PortTaken, NoSuchHost, and whatever `create_app` refuses.
    """
    create_app(store)  # refuses here, in words, rather than in a worker that restarts for ever
    url = store.url
    store.close()
    lock = _patiently(lambda: _locked(store), AlreadyServed)
    try:
        _patiently(lambda: _try_port(host, port), PortTaken)
        _Server(url, host, port, ready).run()
    finally:
        if lock is not None:
            lock.close()


def _patiently(take: Callable[[], T], refused: type[Refused]) -> T:
    """What `take` gives, once nobody else holds it."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return take()
        except refused:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.2)


def _locked(store: Store) -> IO | None:
    path = store.url.database
    if store.is_postgresql or not path or path == ":memory:":
        return None
    lock = Path(f"{path}.serving").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AlreadyServed from None
    return lock


def _try_port(host: str, port: int) -> None:
    # gunicorn says it in English, five times.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
            refused = PortTaken(host=host, port=port) if taken else NoSuchHost(host=host)
            raise refused from error


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _start_pump(worker) -> None:
    app = worker.wsgi
    store = app.extensions["store"]
    senders = {**dispatch.senders(store), **mail.senders(store)}
    app.extensions["pump"] = Pump(store, senders=senders).start()


def _stop_pump(_server, worker) -> None:
    pump = getattr(worker, "wsgi", None) and worker.wsgi.extensions.pop("pump", None)
    if pump:
        pump.stop()
