"""A small description of an API, for tests that change it."""

from typing import Any

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/plans": {
            "post": {
                "operationId": "create_plan",
                "parameters": [
                    {"in": "query", "name": "format", "schema": {"enum": ["json", "csv"]}},
                    {"in": "header", "name": "accept", "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/s/Spec"}}}},
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/s/Plan"}}},
                    },
                    "422": {"content": {}},
                },
            }
        }
    },
    "s": {
        "Spec": {
            "type": "object",
            "required": ["size"],
            "additionalProperties": False,
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 100},
                "epochs": {"anyOf": [{"type": "number"}, {"type": "string"}]},
                "method": {"type": "string", "enum": ["shuffle", "sequential"]},
                "inner": {"$ref": "#/s/Spec"},
                "extra": {"type": "object"},
                "version": {"type": "number", "enum": [0.1, 0.2]},
                "name": {"type": "string", "pattern": "[a-z]+"},
                "framework": {"anyOf": [{"title": "torch", "properties": {"x": {}}}, {"const": 1}]},
            },
        },
        "Plan": {
            "type": "object",
            "required": ["steps"],
            "properties": {
                "steps": {"type": "integer"},
                "kind": {"type": "string", "enum": ["pass", "virtual"]},
                "share": {"type": "number"},
                "plans": {"type": "array", "items": {"$ref": "#/s/Plan"}},
                "numbers": {"type": "object", "additionalProperties": {"type": "integer"}},
                "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
            },
        },
    },
}
