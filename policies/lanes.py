"""In which lane does a takedown case run, how long may it take, and how careful has its decision to be?

Read from a procedure, such as `policies/data/takedowns-dmca-gdpr-dsa.yaml`. A clock says when a case is due; it decides
nothing by itself. Refuses a procedure that promises less than the registry: two people for what is risky, 48 hours.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from policies.questions import ONE_THING, Slug, Strict
from policies.rules import Sentence, Source

SATURDAY = 5


class RiskClass(StrEnum):
    """How careful a decision has to be."""

    STANDARD = "standard"
    HIGH = "high"
    CRITICAL = "critical"


RISKY = (RiskClass.HIGH, RiskClass.CRITICAL)


Length = Annotated[StrictInt, Field(ge=1, le=3650)]


class Clock(Strict):
    """How long a case may take; business days leave out Saturdays and Sundays, and know no holidays."""

    hours: Length | None = None
    days: Length | None = None
    business_days: Length | None = None

    model_config = Strict.model_config | {"json_schema_extra": ONE_THING}

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.said()) != 1:
            raise ValueError("say exactly one of `hours`, `days` and `business_days`")
        return self

    def ends(self, start: datetime) -> datetime:
        """When the time is over that begins at `start`."""
        if self.business_days is None:
            return start + timedelta(hours=self.hours or 0, days=self.days or 0)
        end, left = start, self.business_days
        while left:
            end += timedelta(days=1)
            left -= end.weekday() < SATURDAY
        return end

    def is_within(self, longest: timedelta) -> bool:
        """Whether it never takes longer, on whatever day of the week it begins."""
        monday = datetime(2024, 1, 1, tzinfo=UTC)
        begins = (monday + timedelta(days=day) for day in range(7))
        return all(self.ends(begin) - begin <= longest for begin in begins)


class Lane(Strict):
    """One way for cases: until when it is decided, how careful, and why."""

    title: Sentence
    basis: Sentence
    clock: Clock
    risk: RiskClass


class Care(Strict):
    """What a risk class asks for."""

    sentence: Sentence
    needs_second_person: StrictBool


GroundName = Literal["privacy", "copyright", "safety", "court-order", "other"]

# What a wrong decision would hurt somebody about, and what cannot wait: promised whatever a registry writes down.
TWO_PEOPLE: tuple[GroundName, ...] = ("privacy", "safety", "court-order")
SHORT: GroundName = "safety"
SHORT_CLOCK = timedelta(hours=48)


class Procedure(Strict):
    """The document."""

    format: Literal["accession-takedowns/1"]
    name: Slug
    version: Slug
    title: Sentence
    summary: Sentence
    sources: tuple[Source, ...]
    risk_classes: dict[RiskClass, Care]
    lanes: dict[Slug, Lane]
    grounds: dict[GroundName, Slug]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if set(self.risk_classes) != set(RiskClass):
            raise ValueError(f"say what each of {', '.join(RiskClass)} asks for")
        if set(self.grounds) != set(GroundName.__args__):  # type: ignore[attr-defined]  # a Literal has its values
            raise ValueError(f"say the lane of each of {', '.join(GroundName.__args__)}")  # type: ignore[attr-defined]  # likewise
        unknown = sorted(set(self.grounds.values()) - set(self.lanes))
        if unknown:
            raise ValueError(f"there is no lane {unknown[0]}")
        return self

    @model_validator(mode="after")
    def _keeps_the_promises(self) -> Self:
        for risk in RISKY:
            if not self.risk_classes[risk].needs_second_person:
                raise ValueError(f"a second person agrees to every decision of {risk} risk; this asks for none")
        for ground in TWO_PEOPLE:
            if not self.care_of(ground).needs_second_person:
                raise ValueError(f"two people decide about {ground}, and this lets one person")
        if not self.lane_of(SHORT).clock.is_within(SHORT_CLOCK):
            raise ValueError(f"a case of {SHORT} is decided within 48 hours, and this takes longer")
        return self

    def lane_of(self, ground: str) -> Lane:
        """The lane of a ground."""
        return self.lanes[self.grounds[ground]]  # type: ignore[index]  # every ground has one

    def care_of(self, ground: str) -> Care:
        """What a decision about the ground asks for."""
        return self.risk_classes[self.lane_of(ground).risk]
