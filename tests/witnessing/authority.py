"""A time stamp authority (RFC 3161): `openssl ts` behind HTTP, with a certificate made for the test."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.witnessing.serving import Reply, served

_CONFIG = """
[ tsa ]
default_tsa = here
[ here ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
clock_precision_digits = 0
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """Stamps what it is sent. `away` makes it answer 503, `broken` makes it answer something else."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self.away = self.broken = False
        self.stamped = 0
        self.certificate = folder / "ca.pem"
        _certificates(folder)
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if self.away:
            return Reply(503)
        if headers.get("content-type") != "application/timestamp-query" or method != "POST":
            return Reply(400)
        self.stamped += 1
        query, reply = self._folder / f"{self.stamped}.tsq", self._folder / f"{self.stamped}.tsr"
        query.write_bytes(body)
        config = ["-config", str(self._folder / "ts.cnf")]
        made = subprocess.run(
            ["openssl", "ts", "-reply", *config, "-queryfile", str(query), "-out", str(reply)], capture_output=True
        )
        if made.returncode:
            return Reply(500, made.stderr)
        return Reply(200, b"nonsense" if self.broken else reply.read_bytes(), _TYPE)

    def entry(self, url: str) -> str:
        """As it stands in VEDETTE_ANCHORS."""
        return f"tsa:{url}/tsr#ca={self.certificate}"


_TYPE = {"content-type": "application/timestamp-reply"}


@contextmanager
def authority(folder: Path) -> Iterator[tuple[Authority, str]]:
    """The authority, and its entry in VEDETTE_ANCHORS."""
    made = Authority(folder / "authority")
    with served(made.answer) as url:
        yield made, made.entry(url)


def _certificates(folder: Path) -> None:
    """A root, and under it a certificate whose one use is to stamp time."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _name("Test root"), _name("Test TSA")
    root = _builder(root_name, root_name, root_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = _builder(name, root_name, key.public_key())
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    _write(folder / "ca.pem", root.sign(root_key, hashes.SHA256()))
    _write(folder / "tsa.pem", leaf.sign(root_key, hashes.SHA256()))
    (folder / "tsa.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    return made.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)


def _write(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
