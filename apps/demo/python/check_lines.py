"""The checksum rule of the world-events format, in the Python it was written in, and nothing of ledgerd.

    check_lines.py seed|original FILE...

seed: the rule that the format's documentation prints, json.dumps(event, sort_keys=True).
original: the same with ensure_ascii=False, as the original writer does it.
Prints one JSON object per file: {"file", "lines", "accepted", "first_refused"}; exits 1 if any line was refused.
"""
import hashlib
import json
import sys


def is_accepted(line, ascii_text):
    event = json.loads(line)
    stored = event.pop("_checksum")
    payload = json.dumps(event, sort_keys=True, ensure_ascii=ascii_text)
    return stored == "sha256:" + hashlib.sha256(payload.encode()).hexdigest()


def main(rule, files):
    refused_any = False
    for name in files:
        with open(name, "rb") as file:
            verdicts = [is_accepted(line, rule == "seed") for line in file]
        accepted = sum(verdicts)
        refused_any = refused_any or accepted != len(verdicts)
        first = verdicts.index(False) + 1 if False in verdicts else None
        print(json.dumps({"file": name, "lines": len(verdicts), "accepted": accepted, "first_refused": first}))
    return 1 if refused_any else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("seed", "original"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
