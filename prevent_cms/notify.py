"""Mail that says nothing: a neutral sentence and a link behind sign-in (design section 7)."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

Attached = tuple[str, str, str]  # name, content and type of a file


def send(
    template: str,
    *,
    to: Iterable[str],
    path: str = "",
    attached: Iterable[Attached] = (),
    **facts: str,
) -> None:
    """Send `templates/emails/<template>.txt` to mailboxes, with a link to `path` if it has one.

    The first line of the template is the subject. `facts` are dates and names of agencies, never
    anything about a person referred, and no more is `attached`. Called from outbox handlers, so a failure is tried again.
    """
    link = f"{settings.SITE_URL.rstrip('/')}{path}"
    text = render_to_string(f"emails/{template}.txt", {"link": link, **facts})
    subject, _, body = text.partition("\n")
    files = list(attached)
    for mailbox in to:
        EmailMessage(subject.strip(), body.lstrip(), to=[mailbox], attachments=files).send()
