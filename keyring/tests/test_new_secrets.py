"""What an installation begins with, and how its keys change."""

import base64
import contextlib
import json
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zmq
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from zmq.utils import z85

from lockstep_core.json_object import Json
from lockstep_keyring.errors import NoKeys, RotationImpossible
from lockstep_keyring.install import InstallSettings, ShardOfChart, listed, wanted_secrets
from lockstep_keyring.keys import KEY_FILES, parse_keys
from lockstep_keyring.new_secrets import certificate, keyring_keys, missing_parts
from lockstep_keyring.rotate import rotated

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SHARD = ShardOfChart(name="demo-1", environment="demo", serviceName="lockstep-router")


def secret(**parts: str) -> Json:
    return {"kind": "Secret", "data": {name: base64.b64encode(text.encode()).decode() for name, text in parts.items()}}


def lines(changed: Json, file: str) -> list[str]:
    return base64.b64decode(changed["data"][file]).decode().split()


def test_every_secret_is_made_with_all_its_parts() -> None:
    settings = InstallSettings.model_validate({"namespace": "lockstep", "shards": f"[{SHARD.model_dump_json()}]"})
    made = {wanted.name: wanted for wanted in wanted_secrets(settings, NOW)}
    assert set(made) == {
        "lockstep-keyring-keys",
        "lockstep-keyring-tls",
        "lockstep-webapp-api",
        "lockstep-visitor-key",
        "lockstep-router-curve",
    }
    for wanted in made.values():
        assert set(wanted.make()) == set(wanted.parts)
        assert missing_parts(wanted, {}) == list(wanted.parts)


def test_secrets_of_ones_own_are_asked_for_by_their_names() -> None:
    shard = SHARD.model_copy(update={"curveSecret": "own-curve"})
    own = {
        "keys_secret": "own-keys",
        "tls_secret": "own-tls",
        "second_factor_secret": "own-factors",
        "visitor_secret": "own",
    }
    given = {"namespace": "lockstep", "shards": f"[{shard.model_dump_json()}]", **own}
    wanted = wanted_secrets(InstallSettings.model_validate(given), NOW)
    assert {each.name for each in wanted} == {*own.values(), "own-curve"}


def test_demo_and_live_tickets_begin_with_keys_of_their_own() -> None:
    keys = keyring_keys()
    assert len({*keys.values()}) == len(KEY_FILES)
    parse_keys({name: text.decode() for name, text in keys.items()})


def test_terminals_can_check_the_certificate_by_its_authority() -> None:
    made = certificate("lockstep", NOW)
    ca, leaf = x509.load_pem_x509_certificate(made["ca.crt"]), x509.load_pem_x509_certificate(made["tls.crt"])
    leaf.verify_directly_issued_by(ca)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "lockstep-keyring.lockstep" in names.get_values_for_type(x509.DNSName)
    assert isinstance(ca.public_key(), ec.EllipticCurvePublicKey)


def test_a_client_that_is_strict_trusts_the_certificate(tmp_path: Path) -> None:
    """Terminals' Python is newer than this one and strict by itself."""
    for name, content in certificate("lockstep", datetime.now(UTC)).items():
        (tmp_path / name).write_bytes(content)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
    client = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname="lockstep-keyring.lockstep"),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(10):
        for end in list(waiting):
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
                waiting.remove(end)
    assert waiting == []


def test_a_router_is_listed_with_the_public_half_of_its_key() -> None:
    raw = bytes(range(32))
    router = listed(SHARD, "lockstep", raw)
    assert router.trades_endpoint == "tcp://lockstep-router.lockstep:7400"
    # As ZeroMQ derives it, which the router itself uses.
    assert base64.b64decode(router.curve_public_key) == z85.decode(zmq.curve_public(z85.encode(raw)))
    with pytest.raises(NoKeys, match="31 bytes"):
        listed(SHARD, "lockstep", raw[:-1])


def test_a_rotation_changes_one_file_step_by_step() -> None:
    before = secret(**dict.fromkeys(KEY_FILES, "old\n"))
    added = rotated(before, "add", "sealing.keys")
    assert lines(added, "sealing.keys")[1:] == ["old"]
    assert lines(rotated(added, "retire", "sealing.keys"), "sealing.keys") == lines(added, "sealing.keys")[:1]
    announced = rotated(before, "announce", "tickets-live.keys")
    assert lines(announced, "tickets-live.keys")[0] == "old"
    promoted = rotated(announced, "promote", "tickets-live.keys")
    assert lines(promoted, "tickets-live.keys") == lines(announced, "tickets-live.keys")[::-1]
    assert {name: promoted["data"][name] for name in KEY_FILES[:2]} == {name: before["data"][name] for name in KEY_FILES[:2]}


@pytest.mark.parametrize(
    ("given", "step", "file"),
    [
        ({}, "add", "sealing.keys"),
        (secret(), "add", "sealing.keys"),
        (secret(**{"sealing.keys": ""}), "retire", "sealing.keys"),
        (secret(**{"sealing.keys": "old"}), "drop", "sealing.keys"),
        (secret(**{"other": "old"}), "add", "other"),
    ],
)
def test_what_cannot_be_rotated_is_refused(given: Json, step: str, file: str) -> None:
    with pytest.raises(RotationImpossible):
        rotated(given, step, file)


def test_the_command_is_a_filter_that_never_shows_a_key_but_on_its_output() -> None:
    command = [sys.executable, "-m", "lockstep_keyring.rotate", "add", "sealing.keys"]
    given = json.dumps(secret(**{"sealing.keys": "only-this-key"}))
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    assert lines(json.loads(done.stdout), "sealing.keys")[1] == "only-this-key"
    broken = subprocess.run(command, input=f"{given[:-1]} only-this-key", capture_output=True, text=True, check=False)
    assert broken.returncode == 2
    assert "only-this-key" not in broken.stdout + broken.stderr
