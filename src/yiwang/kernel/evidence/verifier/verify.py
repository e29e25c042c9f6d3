"""Check evidence of a Yiwang node without the node. 离线核验存证。

    python3 verify.py BUNDLE.zip [--policy FILE]
    python3 verify.py RECORD.json PROOF.tlog-proof --policy FILE

A policy names whom you trust (C2SP tlog-policy: `log KEY`, `witness NAME KEY`, `group NAME N NAME…`,
`quorum NAME`). Get the keys from their owners: those inside a bundle only tell you that it hangs
together. Needs Python 3.9 and nothing else. Formats: C2SP tlog-proof, tlog-checkpoint,
tlog-cosignature, signed-note; trees: RFC 6962; signatures: Ed25519 (RFC 8032).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
TURN = pow(2, (PRIME - 1) // 4, PRIME)
Point = Any


def require(holds: object, why: str) -> None:
    """Raise ValueError unless it holds."""
    if not holds:
        raise ValueError(why)


def add(p: Point, q: Point) -> Point:
    """The sum of two points as (x, y, z, t), RFC 8032 section 5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def times(number: int, p: Point) -> Point:
    """A point so many times."""
    q: Point = (0, 1, 1, 0)
    while number:
        q, p, number = add(q, p) if number & 1 else q, add(p, p), number >> 1
    return q


def point(raw: bytes) -> Point:
    """The point that 32 bytes stand for, RFC 8032 section 5.1.3."""
    y, odd = int.from_bytes(raw, "little") & (1 << 255) - 1, raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    x = x if x * x % PRIME == square else x * TURN % PRIME
    require(y < PRIME and x * x % PRIME == square and (x or not odd), "no point of the curve")
    x = PRIME - x if x & 1 != odd else x
    return x, y, 1, x * y % PRIME


BASE = point((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(public: bytes, value: bytes, told: bytes) -> bool:
    """Whether an Ed25519 signature holds."""
    number = int.from_bytes(value[32:], "little")
    require(len(value) == 64 and len(public) == 32 and number < ORDER, "no signature of Ed25519")
    hashed = int.from_bytes(hashlib.sha512(value[:32] + public + told).digest(), "little") % ORDER
    left, right = times(number, BASE), add(point(value[:32]), times(hashed, point(public)))
    return not any((left[i] * right[2] - right[i] * left[2]) % PRIME for i in (0, 1))


def holds(key: str, body: str, lines: list[str]) -> bool:
    """Whether one of the signature lines is of the key, over the body."""
    name, _, rest = key.partition("+")
    raw = base64.b64decode(rest.partition("+")[2])
    number = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    for line in lines:
        dash, who, encoded = line.split(" ")
        told, value = body.encode(), base64.b64decode(encoded)
        if (dash, who, value[:4]) != ("\u2014", name, number):
            continue
        value = value[4:]
        if raw[0] == 4:
            seen = int.from_bytes(value[:8], "big")
            told, value = f"cosignature/v1\ntime {seen}\n{body}".encode(), value[8:]
        return raw[0] in (1, 4) and is_signed(raw[1:], value, told)
    return False


def read_policy(text: str) -> dict[str, Any]:
    """Whom the reader trusts."""
    found: dict[str, Any] = {"log": [], "witness": {}, "group": {"none": (0, [])}, "quorum": "none"}
    for words in (line.split("#")[0].split() for line in text.splitlines()):
        if words[:1] == ["log"]:
            found["log"].append(words[1])
        elif words[:1] == ["witness"]:
            found["witness"][words[1]] = words[2]
        elif words[:1] == ["group"]:
            found["group"][words[1]] = (int(words[2]), words[3:])
        elif words:
            require(words[0] == "quorum", f"unknown line in the policy: {words[0]}")
            found["quorum"] = words[1]
    return found


def is_met(policy: dict[str, Any], name: str, body: str, lines: list[str]) -> bool:
    """Whether a witness signed, or enough of a group."""
    if name in policy["witness"]:
        return holds(policy["witness"][name], body, lines)
    need, names = policy["group"][name]
    return sum(is_met(policy, one, body, lines) for one in set(names)) >= int(need)


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to, RFC 9162 section 2.1.3.2."""
    require(0 <= index < size, "the entry is not in the tree")
    node, last, found = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    for one in path:
        require(last, "the path is too long")
        left = node & 1 or node == last
        found = hashlib.sha256(b"\x01" + (one + found if left else found + one)).digest()
        while left and not node & 1 and node:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    require(not last, "the path is too short")
    return found


def is_leaf_of(leaf: bytes, record: bytes) -> bool:
    """Whether a leaf holds the digests of a record: SHA-256, and SM3 where this Python knows it."""
    known = "sm3" in hashlib.algorithms_available
    sm3 = hashlib.new("sm3", record).hexdigest() if known else json.loads(leaf)["sm3"]
    told = {"sha256": hashlib.sha256(record).hexdigest(), "sm3": sm3, "v": 1}
    return leaf == json.dumps(told, separators=(",", ":")).encode()


def check(record: bytes, proof: str, policy: dict[str, Any]) -> str:
    """Raise ValueError unless the record was entered in a log of the policy; says where."""
    head, _, note = proof.partition("\n\n")
    first, extra, place, *path = head.split("\n")
    require(first == "c2sp.org/tlog-proof@v1" and extra[:6] == "extra ", "this is no proof of ours")
    leaf, index = base64.b64decode(extra[6:]), int(place[len("index ") :])
    require(is_leaf_of(leaf, record), "the record is not what was entered")
    body, _, signed = note.rpartition("\n\n")
    body, lines = body + "\n", signed.splitlines()
    origin, size, root = body.split("\n")[:3]
    keys = [key for key in policy["log"] if key.split("+")[0] == origin]
    require(any(holds(key, body, lines) for key in keys), "the log's signature does not hold")
    require(is_met(policy, policy["quorum"], body, lines), "too few witnesses signed")
    found = root_of(leaf, index, int(size), [base64.b64decode(one) for one in path])
    require(found == base64.b64decode(root), "the entry is not in the tree")
    return f"entry {index} of {size} in {origin}"


def read_pairs(said: argparse.Namespace) -> tuple[str, list[tuple[str, bytes, str]]]:
    """The policy, and each record with its proof."""
    policy = Path(said.policy).read_text("utf-8") if said.policy else ""
    if said.proof:
        require(policy, "say whom you trust with --policy")
        record = Path(said.evidence).read_bytes()
        return policy, [(said.evidence, record, Path(said.proof).read_text("utf-8"))]
    with zipfile.ZipFile(said.evidence) as bundle:
        if not policy:
            print("! Keys from the bundle itself: compare them with those their owners publish.")
        names = [one[:-5] for one in bundle.namelist() if one.endswith(".json")]
        proofs = [bundle.read(f"{one}.tlog-proof").decode() for one in names]
        records = [bundle.read(f"{one}.json") for one in names]
        return policy or bundle.read("policy").decode(), list(zip(names, records, proofs))  # noqa: B905


def main() -> None:
    """Check what is named on the command line; exit code 1 unless all of it holds."""
    parser = argparse.ArgumentParser(description="Check evidence of a Yiwang node. 离线核验存证。")
    parser.add_argument("evidence", help="BUNDLE.zip or RECORD.json")
    parser.add_argument("proof", nargs="?", help="PROOF.tlog-proof")
    parser.add_argument("--policy", help="whom you trust")
    failed = 0
    try:
        text, pairs = read_pairs(parser.parse_args())
        policy = read_policy(text)
        require(pairs, "there is nothing to check")
    except (ValueError, OSError, LookupError, zipfile.BadZipFile) as error:
        sys.exit(f"BAD {error}")
    for name, record, proof in pairs:
        try:
            where, told = check(record, proof, policy), json.loads(record)
            print(f"ok {name}: {told.get('kind')} {told.get('at')}, {where}")
        except (ValueError, LookupError, AttributeError, TypeError) as error:
            failed = 1
            print(f"BAD {name}: {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
