"""Loading a version of the instrument from `fixtures/vaf-2012.json`."""

from typing import Any

from django.db import transaction

from vaf.models import Dimension, Factor, Framework, Level, Scale


@transaction.atomic
def load(data: dict[str, Any]) -> Framework:
    """Make a framework with its dimensions and factors; loading the same data again does nothing.

    Raises ValueError when the data names an unknown answer, or differs from what was loaded under
    the same code: a changed instrument needs a code of its own, so that nothing old changes.
    """
    for table, known in (("ratings", Scale), ("levels", Level)):
        if [row["code"] for row in data[table]] != known.values:
            raise ValueError(f"The {table} of {data['code']} are not those this service knows.")
    found = Framework.objects.filter(code=data["code"]).first()
    if found and found.data != data:
        raise ValueError(
            f"{data['code']} is loaded with other content. Give the new one a new code."
        )
    return found or _create(data)


def _create(data: dict[str, Any]) -> Framework:
    framework = Framework.objects.create(
        code=data["code"], name=data["name"], published=data["published"], data=data
    )
    for order, row in enumerate(data["dimensions"], start=1):
        dimension = Dimension.objects.create(
            framework=framework,
            order=order,
            **{name: row[name] for name in ("key", "letter", "short", "name", "indicators")},
        )
        for place, factor in enumerate(row["factors"], start=1):
            Factor.objects.create(dimension=dimension, order=place, **factor)
    return framework
