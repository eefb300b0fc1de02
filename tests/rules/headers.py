"""The headers of an answer, scored by the public rules of the HTTP Observatory for the tests that
apply to one answer: from 100, bonuses counted only where nothing is lost."""

PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
HALF_A_YEAR = 15_768_000


def score(answer):
    """100 and more is the best grade; every fault takes what the rules take."""
    headers = answer.headers
    given = _policy(headers) + _referrer(headers) + _framing(headers) + _resource(headers)
    given += _transport(headers) + _cookies(answer)
    if headers.get("X-Content-Type-Options") != "nosniff":
        given -= 5
    if headers.get("Access-Control-Allow-Origin"):
        given -= 50
    return 100 + given


def _policy(headers):
    policy = headers.get("Content-Security-Policy", "")
    if not policy:
        return -25
    if "unsafe-inline" in policy or "unsafe-eval" in policy or "data:" in policy:
        return -20
    return 10 if "default-src 'none'" in policy else 5


def _referrer(headers):
    return 5 if headers.get("Referrer-Policy") in PRIVATE else -5


def _framing(headers):
    return 5 if "frame-ancestors 'none'" in headers.get("Content-Security-Policy", "") else -20


def _resource(headers):
    return 10 if headers.get("Cross-Origin-Resource-Policy") == "same-origin" else 0


def _transport(headers):
    value = headers.get("Strict-Transport-Security", "")
    seconds = next(
        (int(part.split("=")[1]) for part in value.split(";") if "max-age" in part), None
    )
    if seconds is None:
        return -20
    if seconds < HALF_A_YEAR:
        return -10
    return 5 if "preload" in value and "includeSubDomains" in value else 0


def _cookies(answer):
    kept = [cookie for cookie in answer.cookies.values() if cookie["max-age"] != 0]
    if any(not cookie["secure"] for cookie in kept):
        return -40
    good = all(c["httponly"] and c["samesite"] and c.key.startswith("__Host-") for c in kept)
    return 5 if good else -5
