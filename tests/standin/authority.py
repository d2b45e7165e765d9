"""A certificate authority for one test: made in memory, trusted by nobody else."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Vedette tests")])
HOSTS = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


@dataclass(frozen=True)
class Authority:
    """`server` goes to `LlmServer(tls=…)`; clients trust `certificate`, a PEM file."""

    server: ssl.SSLContext
    certificate: Path


def authority(folder: Path) -> Authority:
    """Make a certificate for localhost and 127.0.0.1, valid for an hour, that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem, certificate = folder / "standin.key", folder / "standin.pem"
    certificate.write_bytes(_certificate(key).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, pem)
    return Authority(context, certificate)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    now = datetime.datetime.now(datetime.timezone.utc)
    hour = datetime.timedelta(hours=1)
    builder = x509.CertificateBuilder(NAME, NAME, key.public_key(), x509.random_serial_number(), now - hour, now + hour)
    builder = builder.add_extension(x509.SubjectAlternativeName(HOSTS), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256())
