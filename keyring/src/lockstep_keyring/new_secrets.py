"""Makes the secrets that an installation begins with. Pure but for randomness and the clock that is given."""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lockstep_keyring.generate import new_key
from lockstep_keyring.keys import KEY_FILES, KEY_SIZE

VALID = timedelta(days=3650)
SERVICE = "lockstep-keyring"


@dataclass(frozen=True, slots=True)
class WantedSecret:
    """A Secret that the product needs: its name, its keys, and the function that makes their values if it is missing."""

    name: str
    parts: tuple[str, ...]
    make: Callable[[], Mapping[str, bytes]]
    kind: str = "Opaque"


def keyring_keys() -> dict[str, bytes]:
    """One key of each kind."""
    return {name: new_key().encode() for name in KEY_FILES}


_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def curve_key() -> dict[str, bytes]:
    """The CURVE secret of a router."""
    return {"secret.key": secrets.token_bytes(KEY_SIZE)}


def second_factor_key() -> dict[str, bytes]:
    """The key that encrypts people's second factors."""
    return {"second-factor-key": base64.b64encode(secrets.token_bytes(KEY_SIZE))}


def visitor_key() -> dict[str, bytes]:
    """The key with which the website signs for which visitor it calls the API."""
    return {"key": base64.b64encode(secrets.token_bytes(KEY_SIZE))}


def certificate(namespace: str, now: datetime) -> dict[str, bytes]:
    """A certificate of the keyring, signed by an authority whose key is forgotten at once."""
    hosts = [f"{SERVICE}{end}" for end in ("", f".{namespace}", f".{namespace}.svc", f".{namespace}.svc.cluster.local")]
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name, name = _named(f"{SERVICE}-ca"), _named(hosts[1])
    # Clients that keep strictly to RFC 5280, such as Python from 3.13 on, require the key identifiers and the key usage.
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key(), now)
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(issued_by, critical=False)
    )
    leaf = (
        _builder(name, ca_name, key.public_key(), now)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(issued_by, critical=False)
    )
    return {
        "ca.crt": _pem(ca.sign(ca_key, hashes.SHA256())),
        "tls.crt": _pem(leaf.sign(ca_key, hashes.SHA256())),
        "tls.key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }


def _named(common: str) -> x509.Name:
    # A common name has at most 64 characters; clients look at the other names.
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common[:64])])


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    unsigned = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    numbered = unsigned.serial_number(x509.random_serial_number())
    dated = numbered.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + VALID)
    return dated.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _pem(signed: x509.Certificate) -> bytes:
    return signed.public_bytes(serialization.Encoding.PEM)


def missing_parts(wanted: WantedSecret, data: Mapping[str, str]) -> Sequence[str]:
    """The parts that a Secret should have and does not."""
    return [part for part in wanted.parts if not data.get(part)]
