"""A TLS front for a plain collector, with certificates that must be refused and one that must be taken."""

from __future__ import annotations

import datetime
import ipaddress
import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Tls:
    """`authority` is what clients trust; `contexts` are the servers' faces by name."""

    authority: Path
    contexts: dict[str, ssl.SSLContext]

    @contextmanager
    def front(self, port: int, face: str) -> Iterator[Front]:
        """A front before the collector on `port`."""
        made = Front(self.contexts, port, face)
        try:
            yield made
        finally:
            made.close()


def tls(folder: Path) -> Tls:
    """An authority of one test, and three faces: good, expired, wrong name. `stalled` has none."""
    now = datetime.datetime.now(datetime.timezone.utc)
    key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate(key, key, "torture authority", now, authority=True)
    path = folder / "authority.pem"
    path.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    faces = {"good": ("127.0.0.1", now), "expired": ("127.0.0.1", now - 30 * DAY), "wrong name": ("10.9.8.7", now)}
    contexts = {}
    for face, (address, when) in faces.items():
        own = ec.generate_private_key(ec.SECP256R1())
        chain, secret = folder / f"{face}.pem", folder / f"{face}.key"
        chain.write_bytes(_certificate(own, key, address, when).public_bytes(serialization.Encoding.PEM))
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        secret.write_bytes(own.private_bytes(*form))
        contexts[face] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[face].load_cert_chain(chain, secret)
    return Tls(path, contexts)


def _certificate(
    own: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    name: str,
    now: datetime.datetime,
    *,
    authority: bool = False,
) -> x509.Certificate:
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "torture authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    number = x509.random_serial_number()
    builder = x509.CertificateBuilder(issuer, subject, own.public_key(), number, now - DAY, now + DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))])
        builder = builder.add_extension(names, critical=False)
    else:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(signer, hashes.SHA256())


class Front:
    """Accepts, shows its face, and passes bytes on to the collector. `stalled` never shakes hands.

    `plaintext` counts clients that spoke anything but TLS.
    """

    def __init__(self, contexts: dict[str, ssl.SSLContext], behind: int, face: str) -> None:
        self._contexts = contexts
        self._behind = behind
        self._face = face
        self.plaintext = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def present(self, face: str) -> None:
        self._face = face

    def close(self) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self._open.append(client)
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError):
            first = client.recv(1, socket.MSG_PEEK)
            self.plaintext += bool(first) and first != b"\x16"  # a TLS record that begins a handshake
            context = self._contexts.get(self._face)
            if context is None:
                return
            with context.wrap_socket(client, server_side=True) as outer:
                self._open.append(outer)
                with socket.create_connection(("127.0.0.1", self._behind)) as inner:
                    self._open.append(inner)
                    _pass(outer, inner)


def _pass(outer: ssl.SSLSocket, inner: socket.socket) -> None:
    with selectors.DefaultSelector() as both:
        both.register(outer, selectors.EVENT_READ, inner)
        both.register(inner, selectors.EVENT_READ, outer)
        while True:
            for key, _ in both.select():
                source, sink = key.fileobj, key.data
                data = source.recv(65536)  # type: ignore[union-attr]  # both are sockets
                while isinstance(source, ssl.SSLSocket) and source.pending():
                    data += source.recv(65536)
                if not data:
                    return
                sink.sendall(data)
