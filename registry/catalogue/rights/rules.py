"""Which licence do these words, or this URL, speak for? By rules that are data, each with how sure it is.

Every licence is an SPDX expression that license-expression knows, with LicenseRefs of our own for what SPDX has no id
for; a rule whose licence is none is refused when the rules are read.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from license_expression import ExpressionError, Licensing, get_spdx_licensing
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies import patterns, strict_yaml
from policies.errors import PolicyError
from policies.problems import problems_of
from registry.errors import InvalidInputError

OURS = "LicenseRef-"
# What the parser raises for text that is no expression; the last two where it trips over a lone bracket or operator.
_UNPARSED = (ExpressionError, IndexError, AssertionError)


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: Annotated[str, Field(max_length=patterns.PATTERN_LENGTH)]
    licence: Annotated[str, Field(max_length=200)]
    per_cent: Annotated[int, Field(ge=1, le=100)]


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["accession-rights-rules/1"]
    version: str
    words: tuple[_Rule, ...]
    urls: tuple[_Rule, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A licence as an SPDX expression, and how sure it is, from 0 to 1."""

    licence: str
    confidence: float


class Rules:
    """Rules that can be asked.

    Raises:
        InvalidInputError: the bytes spell no rules; the sentence names lines.
    """

    def __init__(self, data: bytes) -> None:
        try:
            root = strict_yaml.read(data)
            try:
                said = _Rules.model_validate(root.plain())
            except ValidationError as error:
                raise PolicyError(*problems_of(error, root, _Rules)) from error
            self._words = [_compiled(rule) for rule in said.words]
            self._urls = [_compiled(rule) for rule in said.urls]
        except (PolicyError, ValueError) as error:
            raise InvalidInputError(f"These are no rules about rights: {error}") from error
        self.version = said.version

    def of_words(self, text: str) -> Conclusion | None:
        """What the first rule that fits concludes from words; None where none does."""
        return _first(self._words, text)

    def of_url(self, url: str) -> Conclusion | None:
        """What the first rule that fits concludes from where an image was found."""
        return _first(self._urls, url)


@cache
def shipped() -> Rules:
    """The rules that come with Accession."""
    return Rules((files(__package__) / "data" / "rules.yaml").read_bytes())


def expression(text: str) -> str:
    """The SPDX expression in its usual spelling.

    Raises:
        InvalidInputError: it is none, or names a licence that SPDX does not know and that is no LicenseRef.
    """
    try:
        parsed = _spdx().parse(text)
    except _UNPARSED as error:
        raise InvalidInputError(f"{text!r} is no licence expression.") from error
    unknown = [] if parsed is None else [key for key in parsed.objects if not _is_known(str(key))]
    if parsed is None or unknown:
        raise InvalidInputError(f"{text!r} is no SPDX licence expression: {', '.join(map(str, unknown)) or 'empty'}.")
    return str(parsed)


def _is_known(key: str) -> bool:
    return key.startswith(OURS) or key in _spdx().known_symbols


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


def _compiled(rule: _Rule) -> tuple[Any, str, float]:
    """The pattern, found anywhere and in any case; its licence, checked with each group put in; its confidence."""
    for version in ("2.0", "3.0", "4.0"):
        expression(rule.licence.replace("\\1", version))
    return patterns.compiled(f"(?is).*?{rule.pattern}.*"), rule.licence, rule.per_cent / 100


def _first(rules: list[tuple[Any, str, float]], text: str) -> Conclusion | None:
    for pattern, licence, confidence in rules:
        match = pattern.fullmatch(text)
        if match is not None:
            return Conclusion(licence.replace("\\1", match[1]) if "\\1" in licence else licence, confidence)
    return None
