"""A second reader of the bodies of lists, written from docs/wire.md, section
14, alone.

    lists.py lists.json          read the bodies and recompute the digest of the
                                 final list, as JSON"""

import hashlib
import json
import sys

from cbor import Refused, decode

NAME = ["text", "text"]
DATE = ["int", "int", "int"]
ROW = ["text", "text", ("text",), "text", "text", DATE, "text", "text", DATE, "text", "text", "text"]
CLASS = ["text", "uint", "uint", DATE, ("text",), (NAME,)]
ANSWER = [NAME, "text", DATE, "text", "text"]
BODIES = {
    "list": ["ref", ("text",), (CLASS,), (ROW,), DATE, "text"],
    "reply": ["ref", "bool", (ANSWER,), DATE, "text"],
    "comment": ["ref", ([NAME, "text", "text", "bool"],)],
    "final-list": ["ref", ("ref",), (NAME,), "ref", DATE, "text"],
    "sign-list": ["ref", "ref", "ref", "bool", "text"],
}
TYPES = {"text": str, "int": int, "uint": int, "bool": bool, "ref": bytes}


def fits(item, form):
    """Holds an item to a form: a list has fields, a tuple is any number."""
    if isinstance(form, str):
        if type(item) is not TYPES[form] or form == "uint" and item < 0 or form == "ref" and len(item) != 32:
            raise Refused("%r is no %s" % (item, form))
    elif not isinstance(item, list):
        raise Refused("%r is no array" % (item,))
    elif isinstance(form, tuple):
        for x in item:
            fits(x, form[0])
    elif len(item) != len(form):
        raise Refused("%d fields, not %d" % (len(item), len(form)))
    else:
        for x, f in zip(item, form):
            fits(x, f)


def body(kind, data):
    item = decode(data)
    fits(item, BODIES[kind])
    return item


def date(d):
    year, month, day = d
    if not any(d):
        return ""
    return "-".join(["%04d" % year] + ["%02d" % x for x in (month, day) if x])


class Digest:
    def __init__(self, label):
        self.hash = hashlib.sha256(b"parley/v1/" + label + b"\0")

    def raw(self, data):
        self.hash.update(data)

    def count(self, n):
        self.raw(n.to_bytes(8, "big"))

    def text(self, s):
        self.count(len(s.encode()))
        self.raw(s.encode())


def final_digest(acts, names):
    """acts are (ref, by, kind, body) in the order of the table."""
    between, lists, rows, last = None, {}, set(), {}
    for ref, by, kind, b in acts:
        if kind == "list":
            between = b[1] or between
            if by not in lists:
                lists[by] = ref
                rows |= {(by, row[0]) for row in b[3]}
        if kind == "reply" and b[1]:
            last.update({(tuple(a[0]), by): a for a in b[2]})
    d = Digest(b"final-list")
    d.count(len(between))
    for p in between:
        d.text(p)
        d.raw(lists[p])
    d.count(len(rows))
    for name in sorted(rows, key=lambda n: (n[0].encode(), n[1].encode())):
        d.text(name[0])
        d.text(name[1])
        for p in between:
            a = last.get((name, p))
            for s in (a[1], date(a[2]), a[3]) if a else ("",):
                d.text(s)
    d.count(len(names))
    for n in names:
        d.text(n[0])
        d.text(n[1])
    return d.hash.hexdigest()


def plain(x):
    if isinstance(x, bytes):
        return x.hex()
    return [plain(y) for y in x] if isinstance(x, list) else x


def main(path):
    with open(path, encoding="utf-8") as f:
        vectors = json.load(f)
    acts = [(bytes.fromhex(a["ref"]), a["by"], a["kind"], body(a["kind"], bytes.fromhex(a["body"]))) for a in vectors["acts"]]
    final = next(b for _, _, kind, b in acts if kind == "final-list")
    print(json.dumps({"digest": final_digest(acts, final[2]), "bodies": [plain(b) for _, _, _, b in acts]}))


if __name__ == "__main__":
    main(sys.argv[1])
