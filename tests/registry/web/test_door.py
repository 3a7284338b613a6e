import pytest

from registry.web import door
from tests.factories import browsing

pytestmark = pytest.mark.xdist_group("shown")


def test_a_view_reaches_the_home_that_the_application_was_made_for() -> None:
    app = browsing.shared_app()
    with app.app_context():
        assert door.home() is app.extensions[door.EXTENSION]
