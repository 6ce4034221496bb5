"""The keyring's published keys."""

import json
from pathlib import Path

import pytest

from lockstep_api.errors import InvalidRequest, SealingKeyUnavailable
from lockstep_api.sealing import read_keys, require_known_key
from webapp_api.tests.keys import KEY_ID


def test_a_key_in_use_is_known_and_another_is_not(keys_file: Path) -> None:
    keys = read_keys(keys_file)
    require_known_key(keys, KEY_ID)
    with pytest.raises(InvalidRequest) as refused:
        require_known_key(keys, "f" * 16)
    assert refused.value.code == "unknown_key"


@pytest.mark.parametrize("content", ["", "{}", '{"sealing": []}', '{"sealing": [{"key_id": "x", "public_key": "AAAA"}]}'])
def test_keys_that_cannot_be_used_mean_come_back_later(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(SealingKeyUnavailable):
        read_keys(path)
    with pytest.raises(SealingKeyUnavailable):
        read_keys(tmp_path / "missing.json")


def test_a_rotated_key_is_seen_at_the_next_read(keys_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(keys_file.read_text())
    before = read_keys(path)
    newer = {"key_id": "f" * 16, "public_key": json.loads(keys_file.read_text())["sealing"][0]["public_key"]}
    path.write_text(json.dumps({"sealing": [newer, *json.loads(keys_file.read_text())["sealing"]]}))
    assert [k.key_id for k in read_keys(path).sealing] == ["f" * 16, *(k.key_id for k in before.sealing)]
