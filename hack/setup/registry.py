#!/usr/bin/env python3
"""Exit 0 when the registry of docker's official images can be reached from here, soon."""

import sys
import urllib.error
import urllib.request

REGISTRY = "https://registry-1.docker.io/v2/"
PATIENCE = 5

try:
    urllib.request.urlopen(REGISTRY, timeout=PATIENCE).close()
except urllib.error.HTTPError as error:
    sys.exit(0 if error.code == 401 else 1)  # it asks for a token: it is there
except OSError:
    sys.exit(1)
