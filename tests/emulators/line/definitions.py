"""LINE's OpenAPI files as validators that know discriminators and refuse unknown properties."""

import re
from functools import lru_cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from kit.settings import ROOT

FOLDER = ROOT.parent / "shared" / "line-openapi"
Json = dict[str, Any]


class Definitions:
    """One file."""

    def __init__(self, name: str) -> None:
        self.spec: Json = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
        self._raw: dict[str, Json] = self.spec["components"]["schemas"]
        self._bases = {
            self._named(part["$ref"])
            for schema in self._raw.values()
            for part in schema.get("allOf", [])
            if "$ref" in part
        }
        self._defs: Json = {}
        for name, schema in self._raw.items():
            self._defs[name] = self._converted(schema)
            self._defs[f"{name}+"] = self._usable(name, schema)

    def problems(self, schema: Json, value: Any) -> list[str]:
        """Return what is wrong with a value, in words."""
        root = {"$defs": self._defs, **self._converted(schema)}
        return [f"{list(e.absolute_path)}: {e.message}" for e in _leaves(root, value)]

    def problems_of(self, name: str, value: Any) -> list[str]:
        """Return what is wrong with a value of a named schema."""
        return self.problems({"$ref": f"#/components/schemas/{name}"}, value)

    def answer_schema(self, method: str, template: str, status: int) -> Json | None:
        """Return the JSON schema of an answer; None when the definitions say nothing of it."""
        operation = self.spec["paths"].get(template, {}).get(method.lower(), {})
        answer = operation.get("responses", {}).get(str(status))
        schema: Json | None = (
            (answer or {}).get("content", {}).get("application/json", {}).get("schema")
        )
        return schema

    def operations(self) -> set[tuple[str, str]]:
        """Return every (METHOD, path template)."""
        methods = ("get", "post", "put", "delete")
        return {
            (method.upper(), path)
            for path, operations in self.spec["paths"].items()
            for method in operations
            if method in methods
        }

    @staticmethod
    def _named(reference: str) -> str:
        return reference.rpartition("/")[2]

    def _usable(self, name: str, schema: Json) -> Json:
        """The schema where a value of it stands: the right kind of it, and nothing unknown."""
        kinds = schema.get("discriminator", {}).get("mapping")
        if kinds:
            return self._one_of_kinds(schema["discriminator"]["propertyName"], kinds)
        is_object = schema.get("type") == "object" or "allOf" in schema
        if not is_object or schema.get("additionalProperties"):
            return {"$ref": f"#/$defs/{name}"}
        properties, required = self._members(schema)
        return {
            "type": ["object", "null"] if schema.get("nullable") else "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }

    def _one_of_kinds(self, tag: str, kinds: dict[str, str]) -> Json:
        branches = [
            {
                "if": {"properties": {tag: {"const": kind}}, "required": [tag]},
                "then": {"$ref": f"#/$defs/{self._named(target)}+"},
            }
            for kind, target in kinds.items()
        ]
        tagged = {"properties": {tag: {"enum": list(kinds)}}, "required": [tag]}
        return {"allOf": [tagged, *branches]}

    def _members(self, schema: Json) -> tuple[Json, list[str]]:
        """Return the properties and the required names of an object, inherited ones included."""
        if "$ref" in schema:
            schema = self._raw[self._named(schema["$ref"])]
        properties, required = {}, []
        for part in schema.get("allOf", []):
            inherited, needed = self._members(part)
            properties |= inherited
            required += needed
        properties |= self._properties(schema.get("properties", {}))
        return properties, [*required, *schema.get("required", [])]

    def _converted(self, schema: Any, *, inherited: bool = False) -> Any:
        if isinstance(schema, list):
            return [self._converted(part, inherited=inherited) for part in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            name = self._named(schema["$ref"])
            plain = inherited and name in self._bases
            return {"$ref": f"#/$defs/{name}{'' if plain else '+'}"}
        skipped = ("discriminator", "externalDocs", "example", "nullable", "xml", "description")
        found: Json = {
            key: self._properties(part)
            if key == "properties"
            else self._converted(part, inherited=key == "allOf")
            for key, part in schema.items()
            if key not in skipped
        }
        if schema.get("nullable"):
            found["type"] = [found["type"], "null"]
        return found

    def _properties(self, properties: Json) -> Json:
        return {name: self._converted(schema) for name, schema in properties.items()}


def _leaves(root: Json, value: Any) -> list[Any]:
    return sorted(Draft202012Validator(root).iter_errors(value), key=lambda e: list(e.path))


@lru_cache
def definitions(name: str) -> Definitions:
    """Return the definitions of one file: `messaging-api`, `webhook`, `channel-access-token`."""
    return Definitions(name)


def problems_of_call(call: Json) -> list[str]:
    """Return what LINE's definitions have against an API call of the emulator's journal."""
    path = call["path"].partition("?")[0]
    known = definitions("channel-access-token" if path.startswith("/oauth2/") else "messaging-api")
    fitting = [
        template
        for method, template in known.operations()
        if method == call["method"] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    if not fitting:
        return [f"LINE has no call {call['method']} {path}"]
    # A fixed word stands before a parameter: /richmenu/list is not /richmenu/{richMenuId}.
    template = min(fitting, key=lambda found: found.count("{"))
    operation = known.spec["paths"][template][call["method"].lower()]
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return known.problems(content["application/json"]["schema"], call["request"])
    if call["request"] is None or content:
        return []
    return ["a body that the definitions do not know"]
