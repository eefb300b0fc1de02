"""Pages are compared byte by byte in many tests; what a browser is given anew each time is made
the same here, in the page and in the header alike."""

import re

NONCE = re.compile(r"'nonce-([^']+)'")


class SameNonceMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        policy = response.headers.get("Content-Security-Policy", "")
        found = NONCE.search(policy)
        if found and not response.streaming:
            response.headers["Content-Security-Policy"] = policy.replace(found[1], "same")
            response.content = response.content.replace(found[1].encode(), b"same")
            response.headers["Content-Length"] = str(len(response.content))
        return response
