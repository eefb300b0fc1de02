"""Ask the web process in this container whether it is alive; the exit code is the answer."""

import os
import sys
import urllib.error
import urllib.request


def main() -> None:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    question = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
    try:
        with urllib.request.urlopen(question, timeout=4) as answer:
            sys.exit(0 if answer.status == 200 else 1)
    except (urllib.error.URLError, TimeoutError) as problem:
        sys.exit(f"no answer: {problem}")


if __name__ == "__main__":
    main()
