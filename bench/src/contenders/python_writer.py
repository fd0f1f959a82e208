"""Appends world events to one file the way a Python server without a daemon does it: open, lock, write, flush.

python_writer.py LEDGER EVENTS fsync|no-fsync

Says "ready", waits for "<warm-up ms> <window ms>" on stdin, appends in a loop, and prints one JSON report.
"""

import fcntl
import hashlib
import json
import os
import sys
import time
import uuid
from datetime import datetime, timezone


def seal(event):
    """The line of an event: fresh identity and time, checksum over the canonical text of the rest."""
    envelope = {key: value for key, value in event.items() if key != "_checksum"}
    envelope["event_id"] = uuid.uuid4().hex
    envelope["timestamp"] = datetime.now(timezone.utc).isoformat()
    covered = json.dumps(envelope, ensure_ascii=False, sort_keys=True)
    envelope["_checksum"] = "sha256:" + hashlib.sha256(covered.encode()).hexdigest()
    return json.dumps(envelope, ensure_ascii=False, sort_keys=True) + "\n"


def append(path, event, is_synced):
    line = seal(event).encode()
    with open(path, "ab") as ledger:
        fcntl.flock(ledger, fcntl.LOCK_EX)
        ledger.write(line)
        ledger.flush()
        if is_synced:
            os.fsync(ledger.fileno())
        fcntl.flock(ledger, fcntl.LOCK_UN)


def main():
    path, events_path, mode = sys.argv[1:4]
    with open(events_path, encoding="utf-8", newline="\n") as lines:
        events = [json.loads(line) for line in lines]
    print("ready", flush=True)
    warm_up_ms, window_ms = (int(word) for word in sys.stdin.readline().split())
    start = time.perf_counter() + warm_up_ms / 1000
    end = start + window_ms / 1000
    latencies = []
    turn = 0
    began = time.perf_counter()
    while began < end:
        append(path, events[turn % len(events)], mode == "fsync")
        turn += 1
        ended = time.perf_counter()
        if start <= ended < end:
            latencies.append((ended - began) * 1000)
        began = ended
    latencies.sort()

    def quantile(fraction):
        return latencies[min(len(latencies) - 1, int(len(latencies) * fraction))] if latencies else 0.0

    print(json.dumps({"count": len(latencies), "p50Ms": quantile(0.5), "p99Ms": quantile(0.99)}))


main()
