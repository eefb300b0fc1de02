"""What is typed is kept while it is typed, and two people who save the same item both see why."""

import pytest
from django.urls import reverse

from tests import stages

pytestmark = pytest.mark.browser


@pytest.fixture
def item_url(cast):
    stages.at_panel(cast)
    item = stages.in_session(cast).items.get()
    return reverse("meeting_item", args=[item.meeting_id, item.number])


def test_typing_is_kept_and_offered_in_another_browser(actor, item_url):
    chair = actor("chair").go(item_url)
    box = chair.page.locator('[name="discussion"]')
    box.click()
    box.press_sequentially("School told us about the summer.")
    chair.page.get_by_role("status").filter(has_text="Saved at").wait_for()
    chair.look()
    assert chair.page.evaluate("localStorage.length + sessionStorage.length") == 0
    again = actor("chair").go(item_url).sees("We kept what you typed on")
    again.look().press("Use it").look()
    assert again.page.input_value('[name="discussion"]') == "School told us about the summer."
    again.press("Throw away").sees("thrown away")
    assert again.page.input_value('[name="discussion"]') == ""


def test_without_scripts_a_button_keeps_it(actor, item_url):
    chair = actor("chair", script=False).go(item_url)
    chair.page.fill('[name="discussion"]', "Typed without scripts.")
    chair.follow(chair.page.get_by_role("button", name="Save for later"))
    chair.sees("Kept for 30 days", "We kept what you typed on")


def test_two_save_the_same_item(actor, item_url):
    """The page of the conflict, choosing nothing, then both together."""
    chair, other = actor("chair").go(item_url), actor("administrator").go(item_url)
    other.fill(discussion="Health has nothing to add.").press("Save")
    chair.fill(discussion="School told us about the summer.").press("Save")
    assert chair.page.title().startswith("Not saved: somebody else changed this")
    assert chair.page.evaluate("document.activeElement.tagName") == "H1"
    chair.sees("Administrator Invented", "Yours, not saved", "Theirs, saved").look()
    chair.press("Save").sees("Select what should be saved").look()
    chair.fill(**{"choose-discussion": "both"}).press("Save").sees("saved")
    kept = chair.page.input_value('[name="discussion"]')
    assert "School told us" in kept
    assert "Health has nothing" in kept
