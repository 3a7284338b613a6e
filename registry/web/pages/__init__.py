"""The pages, one file per subject. Each is a Blueprint called PAGE; PAGES is all of them."""

from registry.web.pages import (
    approvals,
    cases,
    datasets,
    editor,
    events,
    exceptions,
    faces,
    imports,
    layers,
    likeness,
    originals,
    people,
    pictures,
    policies,
    releases,
    revocations,
    search,
    sessions,
    takedowns,
    taxonomies,
    transparency,
    trust,
)

PAGES = tuple(
    subject.PAGE
    for subject in (
        datasets,
        imports,
        layers,
        search,
        likeness,
        releases,
        pictures,
        faces,
        originals,
        editor,
        exceptions,
        policies,
        takedowns,
        taxonomies,
        revocations,
        cases,
        approvals,
        events,
        people,
        sessions,
        trust,
        transparency,
    )
)
