"""The pages of refused requests that never reach a view, named in `urls.py` and the settings.

A request that is too large, has too many fields or makes no sense ends here in plain English.
"""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when more was sent than a form of the service can hold.

    The page is drawn without the request, whose body may be what is wrong with it.
    """
    code = 413 if isinstance(exception, TOO_MUCH) else 400
    return HttpResponse(render_to_string(f"{code}.html"), status=code)
