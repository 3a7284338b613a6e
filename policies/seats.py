"""Who can sit where? Places that ask for a role, people who have several, and nobody on two places."""

from collections.abc import Mapping, Sequence

Places = Mapping[str, frozenset[str]]
"""For each person the places that they may take."""


def taken(places: Sequence[str], people: Places) -> int:
    """How many of the places can be taken by different people, each where they may sit: a maximum matching."""
    sitting: dict[int, str] = {}

    def seat(person: str, tried: set[int]) -> bool:
        for place, role in enumerate(places):
            if role not in people[person] or place in tried:
                continue
            tried.add(place)
            if place not in sitting or seat(sitting[place], tried):
                sitting[place] = person
                return True
        return False

    return sum(seat(person, set()) for person in people)
