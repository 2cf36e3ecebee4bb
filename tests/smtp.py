"""A mail server of a few lines on 127.0.0.1, over TLS, that keeps what it is given.

It speaks only what `smtplib` says. `refusing` says how many mails it turns away before it takes one.
"""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


class MailServer(socketserver.ThreadingTCPServer):
    """`mails` is what was delivered, `url` where, `certificate` what makes it trusted."""

    daemon_threads = True

    def __init__(self, folder: Path, refusing: int = 0):
        self.mails: list[Message] = []
        self.refusing = refusing
        self.certificate = _certificate(folder)
        self._safe = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._safe.load_cert_chain(self.certificate)
        super().__init__((HOST, 0), _Conversation)

    @property
    def url(self) -> str:
        return f"smtps://{HOST}:{self.server_address[1]}"

    def get_request(self):
        connection, address = super().get_request()
        return self._safe.wrap_socket(connection, server_side=True), address


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            word = line.split()[0].upper().decode() if line.split() else ""
            if word == "DATA":
                self._take()
            elif word == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        body = b"".join(iter(self.rfile.readline, b".\r\n"))
        if self.server.refusing:
            self.server.refusing -= 1
            return self._say("451 not now")
        self.server.mails.append(message_from_bytes(body))
        self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def serving(folder: Path, refusing: int = 0) -> Iterator[MailServer]:
    """A mail server for the length of the block; its certificate is left in the folder."""
    with MailServer(folder, refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def _certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "mail.pem"
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return file
