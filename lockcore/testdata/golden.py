"""Writes the golden files beside it with Python's own json, as the daemon does. Run by hand; record_test.go compares."""
import json
import pathlib
from datetime import datetime, timezone

here = pathlib.Path(__file__).parent
when = datetime(2026, 11, 22, 19, 51, 51, 817216, timezone.utc)
records = {
    "plain": (4242, "mac-a.local", when, 1),
    "no-microseconds": (1, "mac-a", when.replace(microsecond=0), 1),
    "few-microseconds": (1, "mac-a", when.replace(microsecond=7), 1),
    "short-escapes": (2147483647, 'q" b\\ n\n r\r t\t f\f b\b /slash', when, 1),
    "controls": (77, "nul\x00 esc\x1b del\x7f nel\x85", when, 1),
    "not-ascii": (77, "Bücher-Mac é 日本 \u2028 \u202e", when, 1),
    "surrogate-pair": (77, "lock \U0001f512 \U0010ffff", when, 1),
    "not-utf8": (77, b"mac-\xff\xfe".decode("utf-8", "surrogateescape"), when, 1),
    "large-schema": (77, "mac-a", when, 123456789012345678901234567890),
}
for name, (pid, hostname, started_at, schema_version) in records.items():
    payload = {
        "pid": pid,
        "hostname": hostname,
        "started_at": started_at.isoformat(),
        "schema_version": schema_version,
    }
    with open(here / f"{name}.locked", "w", newline="") as f:
        json.dump(payload, f, indent=2)
