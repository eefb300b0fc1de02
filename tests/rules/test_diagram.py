from django.conf import settings

from referrals.management.commands.draw_workflow import page


def test_the_drawn_diagram_is_the_table():
    assert (settings.BASE_DIR / "docs" / "status.md").read_text() == page()
