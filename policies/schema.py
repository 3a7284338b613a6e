"""What may an editor let an author type? The form of a policy document as JSON Schema 2020-12.

It knows fields and their forms; what contradicts what across fields only `policies.document.parse` knows.
"""

from pydantic.config import JsonDict
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from policies.rules import PolicyDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:accession:format:policy:1"


class _Written(GenerateJsonSchema):
    """What is written in a document: a field that is not said is left out, for no value in it can be null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> JsonDict:
    """The schema, as plain data."""
    found = PolicyDocument.model_json_schema(schema_generator=_Written)
    return {"$schema": DIALECT, "$id": IDENTIFIER} | found
