from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Agency, Membership, User
from accounts.people import queries
from accounts.people.states import State
from accounts.roles import HELD_IN, ROLES, Remit, Role
from prevent_cms import clock, edits, fields
from prevent_cms.history.versions import Answers, Rows

Choice = tuple[Any, Any]


class PeopleFilter(forms.Form):
    """Stands in the address, so it holds codes only."""

    area = fields.SelectChoice(label="Area", choices=[], required=False)
    state = fields.RadioChoice(
        label="State", choices=[("", "All"), *State.choices], required=False, small=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = queries.areas()  # type: ignore[attr-defined]

    def filters(self) -> dict[str, str]:
        """What was chosen; nothing of what makes no sense."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class PersonSearch(forms.Form):
    """Posted, so that no name stands in an address or a log."""

    name = fields.ShortText(
        label="Find by name or email address", what="a name or an email address", max_length=100
    )


class RoleForm(forms.Form):
    """A role in an agency, from a day on."""

    agency = fields.SelectModelChoice(None, label="Agency", what="the agency")
    role = fields.RadioChoice(
        label="Role",
        what="the role",
        choices=Role.choices,
        small=True,
        option_hints={role.value: rule.description for role, rule in ROLES.items()},
    )
    remit = fields.RadioChoice(
        label="A Prevent lead leads for",
        what="for whom a Prevent lead leads",
        help_text="Where the council has one lead for adults and one for families. For any other "
        "role leave it as it is.",
        choices=[("", "Everybody"), *Remit.choices],
        required=False,
        small=True,
    )
    starts_on = fields.DateField(
        label="First day", what="the first day", help_text="Today or later", initial=clock.today
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Agency.objects.filter(is_active=True).select_related("area")
        agency = self.fields["agency"]
        agency.queryset = agencies.order_by("area__name", "name")  # type: ignore[attr-defined]
        agency.label_from_instance = _where  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Say beside the question what the action would refuse."""
        found: dict[str, Any] = super().clean() or {}
        agency, role, starts_on = (found.get(name) for name in ("agency", "role", "starts_on"))
        if agency and role and agency.kind not in HELD_IN[Role(role)]:
            kinds = " or ".join(_kinds(Role(role)))
            self.add_error("role", f"{Role(role).label} is a role at a {kinds}, not at this agency")
        if found.get("remit") and role != Role.PREVENT_LEAD:
            self.add_error("remit", "Only a Prevent lead leads for adults or families alone")
        if starts_on and starts_on < clock.today():
            self.add_error("starts_on", "The first day must be today or later")
        return found


def _where(agency: Agency) -> str:
    return f"{agency.area.name}: {agency.name}"


def _kinds(role: Role) -> Iterator[str]:
    return (kind.label.lower() for kind in Agency.Kind if kind in HELD_IN[role])


class InviteForm(RoleForm):
    """A new person with a first role."""

    name = fields.ShortText(label="Full name", what="the full name", max_length=120)
    email = fields.EmailAddress(
        label="Email address",
        what="the email address",
        help_text="The link to begin with goes there. It cannot be changed later.",
    )
    field_order = ["name", "email", "agency", "role", "remit", "starts_on"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError("There is already an account with this email address")
        return email


class NameForm(edits.EditForm, forms.Form):
    name = fields.ShortText(label="Full name", what="the full name", max_length=120)


class EndRecord(Rows):
    """When a role ends, by the name of the form's question."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(Membership, id=membership.pk)

    def now(self) -> Answers:
        return self.named(self.at(self.version))

    def named(self, rows: list[Any]) -> Answers:
        return {"on": rows[0].ended_on} if rows else {}


class EndForm(edits.EditForm, forms.Form):
    """The first day without the role."""

    on = fields.DateField(
        label="From which day do they no longer have this role?",
        what="the first day without this role",
        help_text="Today ends it at once",
        initial=clock.today,
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, record=EndRecord(membership), **kwargs)
        self.membership = membership

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on < max(clock.today(), self.membership.started_on):
            raise ValidationError("The day must be today or later, and not before the role begins")
        return on
