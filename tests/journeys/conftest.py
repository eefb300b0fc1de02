import pytest

from tests import people
from tests.journeys.browser import Actor


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's own Chromium; nothing is downloaded."""
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
    return {
        **browser_type_launch_args,
        "executable_path": "/usr/bin/chromium",
        "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync", *quiet],
    }


@pytest.fixture
def cast(transactional_db):
    """Testshire with default policy, made for a server of its own."""
    from tests.stages import framework

    framework()
    return people.build()


@pytest.fixture
def actor(browser, live_server):
    """`actor("officer")` is a signed-in person of Testshire in a browser of their own."""
    contexts = []

    def sign_in(name="", *, slug="test", script=True):
        context = browser.new_context(
            base_url=live_server.url,
            bypass_csp=True,  # so that the accessibility rules can be run in the page
            java_script_enabled=script,
            viewport={"width": 1100, "height": 900},
        )
        contexts.append(context)
        return Actor(context.new_page(), f"{name}@{slug}.example" if name else "")

    yield sign_in
    for context in contexts:
        context.close()
