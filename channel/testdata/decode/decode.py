"""A second reader of parley's wire format, written from docs/wire.md alone and
with Python's standard library alone.

    decode.py vectors.json       recompute all of the test vectors, as JSON
    decode.py -                  read {"kind": …, "hex": …}, one to a line, and
                                 write what each says, or why it is refused

To read another kind of structure, add its form and its check to KINDS in
wire.py; to recompute another vector, add it here."""

import hashlib
import json
import sys

import sealed
import wire
from cbor import Refused


def plain(x):
    """Bytes as hexadecimal, for JSON."""
    if isinstance(x, bytes):
        return x.hex()
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, list):
        return [plain(v) for v in x]
    return x


def vectors(v):
    raw = bytes.fromhex
    signed_charter = wire.read("signed-charter", raw(v["signed_charter"]))
    charter_bytes, charter = signed_charter["charter"]["bytes"], signed_charter["charter"]["value"]
    wire.check_complete(signed_charter)
    same("the charter in the signed one", charter_bytes, raw(v["charter"]))
    shown = wire.read("signed-charter", raw(v["signed_charter_without_secret"]))
    same("the signed charter without its secret", {**signed_charter, "secret": b""}, shown)
    channel = wire.channel_id(charter_bytes)
    log = Log(charter, channel)
    entries = [log.add(x) for x in v["entries"]]
    heads, nonce = wire.heads(log.entries), raw(v["nonce"])
    change = wire.read("signed-change", raw(v["signed_change"]))
    same("the change in the signed one", change["change"]["bytes"], raw(v["change"]))
    secret = signed_charter["secret"]

    return plain({
        "charter": charter,
        "channel_id": channel,
        "secret": secret,
        "commitment": wire.label_hash("secret", secret),
        "mailbox": wire.expand(secret, b"mailbox"),
        "relay_key": wire.expand(secret, b"relay"),
        "provisional": wire.read("signed-charter", raw(v["provisional_signed_charter"])),
        "member_ids": {name: wire.member_id(raw(x)) for name, x in v["signing_publics"].items()},
        "signing_publics": {m["name"]: m["signing"] for m in everybody(charter, change)},
        "sealing_publics": {m["name"]: m["sealing"] for m in wire.members(charter).values() if m["sealing"]},
        "signed_card": wire.read("signed-card", raw(v["signed_card"])),
        "signed_neutral_card": wire.read("signed-card", raw(v["signed_neutral_card"])),
        "signed_change": change,
        "change_id": wire.change_id(change, charter, channel),
        "roster_before": wire.roster_id(channel, set()),
        "roster_after": wire.roster_id(channel, log.changes()),
        "prekey": wire.read("prekey", raw(v["prekey_body"])),
        "receipt": wire.read("receipt", raw(v["receipt_body_missed"])),
        "entries": entries,
        "heads": heads,
        "heads_digest": wire.heads_digest(channel, b"", heads),
        "fingerprint": wire.read_aloud(wire.heads_digest(channel, nonce, heads)),
        "proof": wire.read("proof", raw(v["proof"])),
        "padded_content_sizes": {n: wire.padded(int(n), wire.CONTENT_FLOOR) for n in v["padded_content_sizes"]},
        "padded_header_sizes": {n: wire.padded(int(n), wire.HEADER_FLOOR) for n in v["padded_header_sizes"]},
        "envelope": envelope(v["envelope"], channel, v["sealing_keys"]),
        "pairs": pairs(v, channel),
        "non_paper": nonpaper(v["non_paper"], channel),
        "manifest": manifest(v),
        "malformed_entries": {name: refused("entry", raw(x)) for name, x in v["malformed_entries"].items()},
        "malformed_signed_entries": {name: refused("signed-entry", raw(x)) for name, x in v["malformed_signed_entries"].items()},
    })


def everybody(charter, change):
    """All whose signing keys a charter and a change name."""
    out = [m for _, m in wire.seats(charter)] + change["change"]["value"]["enrol"]
    for d in charter["delegations"]:
        out += d["authority"]["keys"]
        if d["recovery"]["signing"]:
            out.append({"name": d["party"] + "-recovery", "signing": d["recovery"]["signing"]})
    return out


class Log:
    """The graph of section 7, entries coming after those they name, with the
    rosters of which they tell. Nobody is cut and nothing ripens here."""

    def __init__(self, charter, channel):
        self.charter, self.channel = charter, channel
        self.entries, self.known, self.carried = {}, {}, {}

    def add(self, x):
        raw = bytes.fromhex
        s = wire.read("signed-entry", raw(x["signed"]))
        e, i = s["entry"]["value"], wire.entry_id(s["entry"]["bytes"])
        without = wire.read("signed-entry", raw(x["signed_without_body"]))
        same("the entry without its body", without, {**s, "said": None})
        draft = wire.read("draft", raw(x["draft"]))
        same("the draft", draft, {"entry": s["entry"], **s["said"]})
        same("an entry's channel", e["channel"], self.channel)
        past = self.past(e)
        changes = {c for p in past for c in self.carried.get(p, ())}
        same("an entry's roster", e["roster"], wire.roster_id(self.channel, changes))
        self.check_author(e, past)
        self.entries[i], self.known[i] = e, past
        self.own_kind(i, e["kind"], s["said"]["body"])
        return {**e, **s["said"], "id": i, "entry": s["entry"]["bytes"], "ed25519": s["ed25519"], "mldsa": s["mldsa"]}

    def past(self, e):
        """All ancestors of an entry."""
        named = [x for x in [e["previous"]] + e["heads"] if x != wire.ZERO]
        if any(x not in self.entries for x in named):
            raise Refused("an entry that comes before those it names")
        if e["number"] > 1:
            before = self.entries[e["previous"]]
            same("who wrote the entry before", (before["author"], before["number"] + 1), (e["author"], e["number"]))
        for i, x in enumerate(e["heads"]):
            others = e["heads"][:i] + e["heads"][i + 1:]
            if self.entries[x]["author"] == e["author"]:
                raise Refused("a head of the author's own")
            if any(self.entries[y]["author"] == self.entries[x]["author"] and x in self.known[y] for y in others):
                raise Refused("a head that another builds on")
        return set(named).union(*[self.known[x] for x in named])

    def check_author(self, e, past):
        seated = set(wire.members(self.charter))
        for p in past:
            seated |= {wire.member_id(m["signing"]) for c in self.carried.get(p, {}).values() for m in c["enrol"]}
        if e["author"] not in seated:
            raise Refused("an author whom nothing brings")

    def own_kind(self, i, kind, body):
        if kind == "prekey" or kind == "receipt" and body:
            wire.read(kind, body)
        if kind == "roster":
            s = wire.read("signed-change", body)
            self.carried[i] = {wire.change_id(s, self.charter, self.channel): s["change"]["value"]}

    def changes(self):
        return {c for carried in self.carried.values() for c in carried}


def open_envelope(data, seed, channel):
    """Section 8: the header, the content and the asides that a private key opens."""
    e, key = wire.read("envelope", data), sealed.Key(seed)
    bound = b"".join(e["top"]["commitments"])
    inside, asides = None, []
    for slot in e["top"]["slots"]:
        r = sealed.Recipient(key, slot[:1120], b"parley/v1/slot\0" + channel, 3)
        for aad, found in ((bound, "key"), (bound + b"aside", "aside")):
            try:
                got = r.open(aad, slot[1120:])
            except Refused:
                continue
            if found == "aside":
                asides.append(got)
            else:
                inside = got
    if inside is None:
        return b"", b"", asides
    top, content = wire.encoded_top(data), b""
    if wire.commitment(inside, channel) == e["top"]["commitments"][0]:
        content = wire.unpadded(sealed.aead_open(wire.part_key(inside, channel), e["top"]["nonces"][0], top, e["content"]))
        inside = wire.header_key(inside, channel)
    same("the commitment to the header key", wire.commitment(inside, channel), e["top"]["commitments"][1])
    header = wire.unpadded(sealed.aead_open(wire.part_key(inside, channel), e["top"]["nonces"][1], top, e["header"]))
    return header, content, asides


def envelope(v, channel, keys):
    for name in v["recipients_of_the_whole"] + v["recipients_of_the_header"]:
        header, content, asides = open_envelope(bytes.fromhex(v["envelope"]), bytes.fromhex(keys[name]), channel)
        want = v["opens"] if name in v["recipients_of_the_whole"] else v["opens_for_the_header"]
        s = wire.SIGNED_ENTRY.read(wire.decode(bytes.fromhex(want)))
        same("what %s opens" % name, {"header": header, "content": content}, s)
        same("asides", asides, [])
    e = wire.read("envelope", bytes.fromhex(v["envelope"]))
    keys = [bytes.fromhex(v["whole_key"])]
    keys.append(wire.header_key(keys[0], channel))
    commitments = [wire.commitment(k, channel) for k in keys]
    same("the commitments in the envelope", e["top"]["commitments"], commitments)
    signed = wire.SIGNED_ENTRY.read(wire.decode(bytes.fromhex(v["opens"])))
    without = wire.SIGNED_ENTRY.read(wire.decode(bytes.fromhex(v["opens_for_the_header"])))
    same("what the header's recipients have", without, {**signed, "content": b""})
    for part, floor in (("header", wire.HEADER_FLOOR), ("content", wire.CONTENT_FLOOR)):
        same("the length of the " + part, len(e[part]), wire.padded(4 + len(signed[part]), floor) + 16)
    return {"header_key": keys[1], "commitments": commitments, "slots": len(e["top"]["slots"]),
            "content_sealing_key": wire.part_key(keys[0], channel), "header_sealing_key": wire.part_key(keys[1], channel)}


def pairs(v, channel):
    """The secrets of the vectors, opened, and found in the prekeys of the entries."""
    raw = bytes.fromhex
    for p in v["pairs"]:
        key = sealed.Key(raw(p["opens"]))
        same("whose key it is", wire.sealing_hash(key.public), raw(p["key"]))
        info = b"parley/v1/pair\0" + channel + raw(v["member_ids"][p["from"]]) + raw(p["key"])
        same("a secret", sealed.Recipient(key, raw(p["sealed"]), info, 0xffff).export(b"secret", 32), raw(p["secret"]))
    bodies = [x for x in v["entries"] if x["kind"] == "prekey"]
    held = [o for x in bodies for o in wire.read("prekey", bytes.fromhex(x["body"]))["pairs"]]
    for p in v["pairs"]:
        if {"key": bytes.fromhex(p["key"]), "sealed": bytes.fromhex(p["sealed"])} not in held:
            raise Refused("a secret that no prekey holds")
    publics = {wire.sealing_hash(bytes.fromhex(x)) for x in v["sealing_publics"].values()}
    publics |= {wire.sealing_hash(wire.read("prekey", bytes.fromhex(x["body"]))["sealing"]) for x in bodies}
    if any(o["key"] not in publics for o in held):
        raise Refused("a secret for nobody")
    return len(held)


def nonpaper(v, channel):
    """A non-paper, as its receiver opens and verifies it, and the receipt for it."""
    raw = bytes.fromhex
    header, content, asides = open_envelope(raw(v["envelope"]), raw(v["opens"]), channel)
    same("what is inside", [header, content, asides], [raw(v["header"]), raw(v["content"]), []])
    called = open_envelope(raw(v["envelope"]), raw(v["called"]), channel)
    same("the aside", called, (b"", b"", [raw(v["aside"])]))
    n = wire.read_nonpaper(header, content)
    form = n["form"]
    same("the form in the header", form["bytes"], raw(v["form"]))
    key = wire.nonpaper_key(form["value"], form["value"]["to"][0], raw(v["given"]), raw(v["gave"]))
    mac = wire.label_mac(key, "nonpaper", form["bytes"])
    same("the MAC", n["macs"], [mac])
    receipt_key = wire.label_mac(key, "nonpaper-receipt", mac)
    return {"form": form, "key": key, "mac": mac, "body": n["said"]["body"], "receipt_key": receipt_key,
            "receipt": wire.nonpaper_receipt(receipt_key, raw(v["receipt_before"]))}


def manifest(v):
    s = wire.read("signed-manifest", bytes.fromhex(v["signed_manifest"]))
    m = s["manifest"]["value"]
    same("the manifest's channel", m["channel"], wire.channel_id(bytes.fromhex(v["signed_manifest_charter"])))
    files = {n: bytes.fromhex(x) for n, x in zip(v["export_files"], v["export_file_contents"])}
    same("the manifest among the files", files.pop("manifest.parley"), bytes.fromhex(v["signed_manifest"]))
    want = [{"name": n, "size": len(d), "sha256": hashlib.sha256(d).digest()} for n, d in sorted(files.items())]
    same("the manifest's files", m["files"], want)
    charter = wire.read("signed-charter", files.pop("charter.parley"))
    wire.check_complete(charter)
    same("the exported charter", charter["charter"]["bytes"], bytes.fromhex(v["signed_manifest_charter"]))
    same("the exported secret", charter["secret"], b"")
    entries = {}
    for name, data in files.items():
        x = wire.read("signed-entry", data)["entry"]
        i = wire.entry_id(x["bytes"])
        same("the name of an entry's file", name, wire.entry_file(x["value"], i))
        entries[i] = x["value"]
    same("the manifest's heads", m["heads"], wire.heads(entries))
    return {**m, "signer": s["signature"]["signer"]}


def same(what, got, want):
    if got != want:
        raise Refused("%s: %r, not %r" % (what, plain(got), plain(want)))


def refused(kind, data):
    """Why data is refused, None if it is not."""
    try:
        wire.read(kind, data)
    except Refused as why:
        return str(why)
    return None


def lines(source):
    for line in source:
        x = json.loads(line)
        try:
            yield {"value": plain(wire.read(x["kind"], bytes.fromhex(x["hex"])))}
        except Refused as why:
            yield {"refused": str(why)}


def main(arg):
    if arg == "-":
        for answer in lines(sys.stdin):
            print(json.dumps(answer))
        return
    with open(arg, encoding="utf-8") as f:
        print(json.dumps(vectors(json.load(f)), indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
