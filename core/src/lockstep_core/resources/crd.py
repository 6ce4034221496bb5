"""The CRD of CopierAccount, generated from the model. `python -m lockstep_core.resources.crd` prints it."""

import json
import re
import sys
from typing import Any

from lockstep_core.resources.copier_account import CopierAccountSpec, CopierAccountStatus
from lockstep_core.resources.names import GROUP, KIND, PLURAL, VERSION

Schema = dict[str, Any]

_IMMUTABLE = ("accountId", "platform", "login")
_MOVES = {
    "rule": "self.server == oldSelf.server || self.credentials.version > oldSelf.credentials.version",
    "message": "server changes only together with the password, which is sealed for it",
}
_ONE_WAY = {
    "rule": "!(has(self.proxy) && has(self.proxyName))",
    "message": "an account has a proxy of its own or one that is offered, not both",
}
_DROPPED = {"title", "additionalProperties"}
_COLUMNS = (
    ("Platform", ".spec.platform"),
    ("Server", ".spec.server"),
    ("Login", ".spec.login"),
    ("Role", ".spec.role"),
    ("Mode", ".spec.operatingMode"),
    ("Ready", '.status.conditions[?(@.type=="Ready")].status'),
    ("Trading", '.status.conditions[?(@.type=="TradingEnabled")].status'),
    ("Reason", ".status.reason"),
    ("Pod", ".status.podName"),
)
_WIDE = (
    ("Environment", ".spec.environment"),
    ("Shard", ".spec.shard"),
    ("Person", ".spec.userId"),
    ("Failures", ".status.failures"),
    ("Retry", ".status.retryAfter"),
    ("Message", ".status.message"),
)
"""The columns that only `kubectl get -o wide` shows: the account's owner, its shard, and a sentence on its state."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def structural(schema: Schema, definitions: Schema) -> Schema:
    """A JSON schema of pydantic as the structural schema Kubernetes wants: no references, no unions with null."""
    if "$ref" in schema:
        named = definitions[schema["$ref"].rsplit("/", 1)[-1]]
        return structural({**named, **{k: v for k, v in schema.items() if k != "$ref"}}, definitions)
    if "anyOf" in schema:
        (some,) = [choice for choice in schema["anyOf"] if choice != {"type": "null"}]
        rest = {k: v for k, v in schema.items() if k not in {"anyOf", "default"}}
        return structural({**some, **rest}, definitions)
    return {key: _part(key, value, definitions) for key, value in schema.items() if key not in _DROPPED}


def _part(key: str, value: Any, definitions: Schema) -> Any:
    if key == "properties":
        return {name: structural(field, definitions) for name, field in value.items()}
    if key == "items":
        return structural(value, definitions)
    return value


def _int64(schema: Schema) -> Schema:
    """The schema with `format: int64` on every integer, so that an epoch cannot be read as a smaller number."""
    if schema.get("type") == "integer":
        return {**schema, "format": "int64"}
    nested = {key: _int64(schema[key]) for key in ("items",) if key in schema}
    if "properties" in schema:
        nested["properties"] = {name: _int64(field) for name, field in schema["properties"].items()}
    return {**schema, **nested}


def _schema_of(model: type[CopierAccountSpec] | type[CopierAccountStatus]) -> Schema:
    raw = model.model_json_schema(by_alias=True, mode="validation")
    definitions = raw.pop("$defs", {})
    return _int64(structural(raw, definitions))


def _spec_schema() -> Schema:
    spec = _schema_of(CopierAccountSpec)
    rules = [{"rule": f"self.{name} == oldSelf.{name}", "message": f"{name} cannot be changed"} for name in _IMMUTABLE]
    return {**spec, "x-kubernetes-validations": [*rules, _MOVES, _ONE_WAY]}


def _status_schema() -> Schema:
    status = _schema_of(CopierAccountStatus)
    conditions = status["properties"]["conditions"]
    conditions.pop("default", None)
    conditions |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]}
    for field in status["properties"].values():
        field.pop("default", None)
    return status


def crd() -> Schema:
    """The CustomResourceDefinition as plain data."""
    columns = [{"name": name, "type": "string", "jsonPath": path} for name, path in _COLUMNS]
    age = {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
    wide = [{"name": name, "type": "string", "jsonPath": path, "priority": 1} for name, path in _WIDE]
    version = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [*columns, age, *wide],
        "schema": {
            "openAPIV3Schema": {
                "type": "object",
                "description": "A trading account and the terminal that is kept running for it.",
                "required": ["spec"],
                "x-kubernetes-validations": [
                    {
                        "rule": "self.metadata.name == 'account-' + self.spec.accountId",
                        "message": "the name must be account-<accountId>",
                    }
                ],
                "properties": {
                    "apiVersion": {"type": "string"},
                    "kind": {"type": "string"},
                    "metadata": {"type": "object"},
                    "spec": _spec_schema(),
                    "status": _status_schema(),
                },
            }
        },
    }
    names = {"kind": KIND, "listKind": f"{KIND}List", "plural": PLURAL, "singular": KIND.lower()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {**names, "shortNames": ["ca"], "categories": ["lockstep"]},
            "versions": [version],
        },
    }


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _RESERVED:
        return value
    return json.dumps(value, ensure_ascii=False)


def to_yaml(value: Any, indent: int = 0) -> str:
    """Plain data as block-style YAML; enough for the CRD, so that the domain needs no YAML library."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{_scalar(key)}:{_nested(item, indent)}" for key, item in value.items())
    if isinstance(value, list | tuple) and value:
        return "".join(f"{pad}-{_nested(item, indent)}" for item in value)
    return f"{pad}{_scalar(value)}\n"


def _nested(value: Any, indent: int) -> str:
    if isinstance(value, dict | list | tuple) and value:
        return "\n" + to_yaml(value, indent + 1)
    return " " + _scalar(value) + "\n"


def crd_yaml() -> str:
    """The text of `crds/copieraccounts.yaml`."""
    return "# Generated by `python -m lockstep_core.resources.crd`; change the model, not this file.\n" + to_yaml(crd())


if __name__ == "__main__":
    sys.stdout.write(crd_yaml())
