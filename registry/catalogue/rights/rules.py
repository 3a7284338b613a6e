"""Which licence do these words, or this URL, speak for? By rules that are data, each with how sure it is.

Every licence is an SPDX expression that license-expression knows, with LicenseRefs of our own for what SPDX has no id
for; a rule whose licence is none is refused when the rules are read.
"""

from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from license_expression import ExpressionError, Licensing, get_spdx_licensing
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policies import patterns, strict_yaml
from policies.errors import PolicyError
from policies.problems import problems_of
from registry.errors import InvalidInputError

OURS = "LicenseRef-"
# In a licence: what the pattern's group has found.
_GROUP = "\\1"
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


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A rule that can be asked: of one text as a whole, or of many by what is found in them."""

    whole: Any
    search: str
    conclusion: Conclusion

    @property
    def has_group(self) -> bool:
        """Whether what it concludes depends on what was found."""
        return _GROUP in self.conclusion.licence


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

    def of_urls(self, urls: pa.Array) -> tuple[list[Conclusion | None], pa.Array]:
        """What `of_url` concludes from each of many URLs: the different conclusions, and which of them each has."""
        first = np.full(len(urls), len(self._urls), np.int64)
        for number in reversed(range(len(self._urls))):
            first[pc.match_substring_regex(urls, self._urls[number].search).to_numpy(zero_copy_only=False)] = number
        conclusions: list[Conclusion | None] = [rule.conclusion for rule in self._urls]
        conclusions.append(None)
        for number, rule in enumerate(self._urls):
            if rule.has_group:
                at = np.flatnonzero(first == number)
                first[at] = np.arange(len(at)) + len(conclusions)
                conclusions += [self.of_url(url) for url in urls.take(pa.array(at)).to_pylist()]
        return conclusions, pa.array(first)


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


def _compiled(rule: _Rule) -> _Compiled:
    """The pattern, found anywhere and in any case; its licence, checked with each group put in; its confidence."""
    for version in ("2.0", "3.0", "4.0"):
        expression(rule.licence.replace(_GROUP, version))
    return _Compiled(
        patterns.compiled(f"(?is).*?{rule.pattern}.*"),
        f"(?is){rule.pattern}",
        Conclusion(rule.licence, rule.per_cent / 100),
    )


def _first(rules: list[_Compiled], text: str) -> Conclusion | None:
    for rule in rules:
        match = rule.whole.fullmatch(text)
        if match is not None:
            return (
                replace(rule.conclusion, licence=rule.conclusion.licence.replace(_GROUP, match[1]))
                if rule.has_group
                else rule.conclusion
            )
    return None
