#!/usr/bin/env python3
"""Fetch a page, waiting a little for its server, and print what came back: status and first lines."""

import sys
import time
import urllib.error
import urllib.request

PATIENCE = 15

url = sys.argv[1]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is not behind a proxy
deadline = time.monotonic() + PATIENCE
while True:
    try:
        with opener.open(url, timeout=5) as answer:
            text = answer.read().decode(errors="replace")
            print(f"HTTP {answer.status} {answer.reason}, {len(text)} characters")
            print("\n".join(text.splitlines()[:3]))
            break
    except (OSError, urllib.error.URLError) as error:
        if time.monotonic() > deadline:
            sys.exit(f"{url} does not answer: {error}")
        time.sleep(0.1)
