"""Pure: the titles of docker's columns by field, for `--format "table {{.Field}}"`."""

import re

HEADERS = {
    "CreatedAt": "CREATED AT",
    "CreatedSince": "CREATED",
    "RunningFor": "CREATED",
    "LocalVolumes": "LOCAL VOLUMES",
    "HealthStatus": "HEALTH",
    "SharedSize": "SHARED SIZE",
    "UniqueSize": "UNIQUE SIZE",
    "CreatedBy": "CREATED BY",
    "IPv4": "IPV4",
    "IPv6": "IPV6",
    "CPUPerc": "CPU %",
    "MemUsage": "MEM USAGE / LIMIT",
    "MemPerc": "MEM %",
    "NetIO": "NET I/O",
    "BlockIO": "BLOCK I/O",
    "PIDs": "PIDS",
    "StarCount": "STARS",
    "IsOfficial": "OFFICIAL",
    "IsAutomated": "AUTOMATED",
    "TotalCount": "TOTAL",
    "BlobSize": "BLOB SIZE",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+|[a-z]+")


def header_of(field: str) -> str:
    """The title of a field that the command's own columns do not name."""
    return HEADERS.get(field) or " ".join(_WORD.findall(field)).upper()


def label_header(name: str) -> str:
    """The title of `{{.Label "com.example.some-thing"}}`: its last part."""
    return name.rpartition(".")[2].replace("-", " ").replace("_", " ")
