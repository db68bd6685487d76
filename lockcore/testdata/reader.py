"""The daemon's reader, line by line on stdin: one JSON array of byte values in, one JSON verdict out.

The verdict is [pid, hostname, started_at, schema_version], or null where the reader fails.
"""
import json
import sys


def read(data):
    raw = json.loads(data.decode("utf-8"))
    if not isinstance(raw, dict):
        raise ValueError("no object")
    pid, hostname = raw.get("pid"), raw.get("hostname")
    started_at, schema_version = raw.get("started_at"), raw.get("schema_version")
    if not isinstance(pid, int) or pid <= 0:
        raise ValueError("pid")
    if not isinstance(hostname, str) or not hostname:
        raise ValueError("hostname")
    if not isinstance(started_at, str) or not started_at:
        raise ValueError("started_at")
    if not isinstance(schema_version, int) or schema_version <= 0:
        raise ValueError("schema_version")
    return [pid, hostname, started_at, schema_version]


def verdict(data):
    try:
        record = read(data)
    except (ValueError, RecursionError):
        return None
    # Where the reader of lockcore is stricter on purpose.
    if record[0] is True or record[3] is True or record[0] > 2**31 - 1:
        return None
    return [str(record[0]), record[1], record[2], str(record[3])]


for line in sys.stdin:
    print(json.dumps(verdict(bytes(json.loads(line)))), flush=True)
