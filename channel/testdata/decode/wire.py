"""The structures of docs/wire.md and what makes each of them refused. Signatures
are not verified: Python's standard library has none. Envelopes are opened by
sealed.py."""

import hashlib
import hmac
import unicodedata

from cbor import Bool, Bytes, Encoded, Int, List, Refused, Struct, Text, UInt, decode

ZERO = bytes(32)
ID = Bytes(32)


# Section 2.

def label_hash(label, *parts):
    return hashlib.sha256(b"parley/v1/" + label.encode() + b"\0" + b"".join(parts)).digest()


def member_id(signing):
    return label_hash("member", signing)


def channel_id(charter):
    return label_hash("charter", charter)


def entry_id(entry):
    return label_hash("id", entry)


def expand(secret, info):
    """HKDF-SHA256, RFC 5869: an empty salt is a key of zeros; 32 bytes are one
    block."""
    key = hmac.new(ZERO, secret, hashlib.sha256).digest()
    return hmac.new(key, b"parley/v1/" + info + b"\1", hashlib.sha256).digest()


# Section 3.

def check_version(x):
    if x["version"] != 1 or x["suite"] != 1:
        raise Refused("version %d, suite %d" % (x["version"], x["suite"]))
    return x


SIGNATURE = Struct(signer=ID, ed25519=Bytes(64), mldsa=Bytes(3309))

# Section 4.

MEMBER = Struct(name=Text(), office=Text(), signing=Bytes(), sealing=Bytes())
AUTHORITY = Struct(keys=List(MEMBER), threshold=UInt())
RECOVERY = Struct(signing=Bytes(), delay=UInt())
DELEGATION = Struct(party=Text(), name=Text(), principal=MEMBER, devices=List(MEMBER),
                    authority=AUTHORITY, recovery=RECOVERY)
NEUTRAL = Struct(name=Text(), capabilities=List(Text()), withheld=List(Text()), device=MEMBER, authority=AUTHORITY)
CHARTER = Struct(
    version=UInt(), suite=UInt(), title=Text(), provisional=Bool(),
    adopts=List(Struct(channel=ID, heads=Bytes(32))),
    delegations=List(DELEGATION), neutrals=List(NEUTRAL),
    terms=Bytes(), commitment=Bytes(32), made=Int(),
)

ID_LETTERS = set("abcdefghijklmnopqrstuvwxyz0123456789-")
CAPABILITIES = ("chair", "depositary", "host", "humanitarian", "mediator")
OWN_KINDS = ("receipt", "roster", "prekey")


def check_id(what, s):
    if not 1 <= len(s) <= 64 or not set(s) <= ID_LETTERS:
        raise Refused("%s %r" % (what, s))


def check_text(what, s, least):
    if not least <= len(s.encode()) <= 256:
        raise Refused("%s of %d bytes" % (what, len(s.encode())))
    if any(unicodedata.category(c) == "Cc" for c in s):
        raise Refused("%s with a control character" % what)


def ascending(what, keys):
    """Strictly, by bytes."""
    keys = [k.encode() if isinstance(k, str) else k for k in keys]
    if any(a >= b for a, b in zip(keys, keys[1:])):
        raise Refused("%s out of order" % what)


def check_member(m, device):
    check_text("name", m["name"], 1)
    check_text("office", m["office"], 0)
    if len(m["signing"]) != 1984:
        raise Refused("a signing key of %d bytes" % len(m["signing"]))
    if device:
        check_sealing(m["sealing"])
    elif m["sealing"]:
        raise Refused("a sealing key of one who signs offline")


def check_principal(m, provisional):
    if not provisional:
        check_member(m, False)
        return
    check_text("name", m["name"], 0)
    check_text("office", m["office"], 0)
    if m["signing"] or m["sealing"]:
        raise Refused("a principal's key in a provisional charter")


def check_authority(a):
    n = len(a["keys"])
    if n > 16 or a["threshold"] > n or n and 2 * a["threshold"] <= n:
        raise Refused("%d of %d keys" % (a["threshold"], n))
    for m in a["keys"]:
        check_member(m, False)


def check_recovery(r):
    if not r["signing"] and not r["delay"]:
        return
    if len(r["signing"]) != 1984 or not 1 <= r["delay"] <= 90 * 24 * 3600:
        raise Refused("a recovery key of %d bytes after %d seconds" % (len(r["signing"]), r["delay"]))


Q = 3329                   # FIPS 203
P25519 = (1 << 255) - 19   # RFC 7748
A25519 = 486662


def small_order(u):
    """A point whose order divides 8 is at infinity when it is doubled three
    times (Montgomery's formula, on the curve and on its twist alike)."""
    for _ in range(3):
        below = 4 * u * (u * u + A25519 * u + 1) % P25519
        if below == 0:
            return True
        u = pow(u * u - 1, 2, P25519) * pow(below, -1, P25519) % P25519
    return False


def check_sealing(key):
    if len(key) != 1216:
        raise Refused("a sealing key of %d bytes" % len(key))
    for i in range(0, 1152, 3):  # two numbers of 12 bits in three bytes
        three = int.from_bytes(key[i:i + 3], "little")
        if three & 0xfff >= Q or three >> 12 >= Q:
            raise Refused("an ML-KEM key out of range")
    u = int.from_bytes(key[1184:], "little") & ((1 << 255) - 1)  # as RFC 7748 reads it
    if small_order(u % P25519):
        raise Refused("an X25519 key of small order")


def check_delegation(d, provisional):
    check_id("party", d["party"])
    check_text("name", d["name"], 1)
    check_principal(d["principal"], provisional)
    if not d["devices"]:
        raise Refused("no device")
    for m in d["devices"]:
        check_member(m, True)
    check_authority(d["authority"])
    check_recovery(d["recovery"])


def check_neutral(n):
    check_text("name", n["name"], 1)
    if not n["capabilities"] or any(c not in CAPABILITIES for c in n["capabilities"]):
        raise Refused("capabilities %r" % n["capabilities"])
    ascending("capabilities", n["capabilities"])
    for kind in n["withheld"]:
        check_id("kind", kind)
        if kind in OWN_KINDS:
            raise Refused("a %s can't be withheld" % kind)
    ascending("withheld kinds", n["withheld"])
    check_member(n["device"], True)
    check_authority(n["authority"])


def check_keys(delegations, neutrals):
    """No half of a key stands twice, but for a principal who is one of the keys
    of its own delegation's authority, once."""
    devices = [m for d in delegations for m in d["devices"]] + [n["device"] for n in neutrals]
    if len(devices) > 32:
        raise Refused("%d devices" % len(devices))
    signing = [m["signing"] for m in devices]
    for d in delegations:
        own = d["principal"]["signing"]
        keys = [m["signing"] for m in d["authority"]["keys"]]
        if own in keys:
            keys.remove(own)
        signing += keys + [x for x in (own, d["recovery"]["signing"]) if x]
    signing += [m["signing"] for n in neutrals for m in n["authority"]["keys"]]
    check_halves(signing, [m["sealing"] for m in devices])


def check_halves(signing, sealing):
    halves = [x for k in signing for x in (k[:32], k[32:])] + [x for k in sealing for x in (k[:1184], k[1184:])]
    if len(set(halves)) != len(halves):
        raise Refused("half a key stands twice")


def check_charter(c):
    check_version(c)
    check_text("title", c["title"], 1)
    if not 2 <= len(c["delegations"]) <= 16:
        raise Refused("%d delegations" % len(c["delegations"]))
    if len(c["neutrals"]) > 8:
        raise Refused("%d neutrals" % len(c["neutrals"]))
    if len(c["terms"]) > 65536 or c["commitment"] == ZERO or c["made"] < 0:
        raise Refused("terms, commitment or time")
    adopted = [a["channel"] for a in c["adopts"]]
    if len(adopted) > 8 or ZERO in adopted:
        raise Refused("adopted channels")
    ascending("adopted channels", adopted)
    for d in c["delegations"]:
        check_delegation(d, c["provisional"])
    for n in c["neutrals"]:
        check_neutral(n)
    ascending("delegations", [d["party"] for d in c["delegations"]])
    ascending("neutrals", [n["name"] for n in c["neutrals"]])
    check_keys(c["delegations"], c["neutrals"])
    return c


def seats(c):
    """The members of a charter: (side, member)."""
    out = []
    for d in c["delegations"]:
        principal = [] if c["provisional"] else [d["principal"]]
        out += [(d["party"], m) for m in principal + d["devices"]]
    return out + [("neutral:" + n["name"], n["device"]) for n in c["neutrals"]]


def members(c):
    """The members of a charter, by id."""
    return {member_id(m["signing"]): m for _, m in seats(c)}


SIGNED_CHARTER = Struct(charter=Encoded(CHARTER, check_charter), signatures=List(SIGNATURE), secret=Bytes())


def check_signed_charter(s):
    c = s["charter"]["value"]
    founders = [d["devices"][0] if c["provisional"] else d["principal"] for d in c["delegations"]]
    check_signers(s["signatures"], {member_id(m["signing"]) for m in founders}, set())
    if s["secret"] and (len(s["secret"]) != 32 or label_hash("secret", s["secret"]) != c["commitment"]):
        raise Refused("another secret than the charter's")
    return s


def check_complete(s):
    if len(s["signatures"]) != len(s["charter"]["value"]["delegations"]):
        raise Refused("a signature is missing")


def check_signers(signatures, may, must):
    ascending("signatures", [x["signer"] for x in signatures])
    signers = {x["signer"] for x in signatures}
    if not must <= signers <= may:
        raise Refused("signed by others")


# Section 5.

CARD = Struct(version=UInt(), suite=UInt(), delegations=List(DELEGATION), neutrals=List(NEUTRAL), made=Int())


def check_card(c):
    check_version(c)
    if len(c["delegations"]) + len(c["neutrals"]) != 1:
        raise Refused("a card of %d" % (len(c["delegations"]) + len(c["neutrals"])))
    for d in c["delegations"]:
        check_delegation(d, not d["principal"]["signing"])
    for n in c["neutrals"]:
        check_neutral(n)
    check_keys(c["delegations"], c["neutrals"])
    if c["made"] < 0:
        raise Refused("made before 1970")
    return c


SIGNED_CARD = Struct(card=Encoded(CARD, check_card), signatures=List(SIGNATURE))


def check_signed_card(s):
    c = s["card"]["value"]
    devices = {member_id(m["signing"]) for d in c["delegations"] for m in d["devices"]}
    devices |= {member_id(n["device"]["signing"]) for n in c["neutrals"]}
    principals = {member_id(d["principal"]["signing"]) for d in c["delegations"] if d["principal"]["signing"]}
    check_signers(s["signatures"], devices | principals, devices)
    return s


# Section 6.

ENTRY = Struct(
    version=UInt(), suite=UInt(), channel=ID, author=ID, number=UInt(), previous=ID, heads=List(ID),
    roster=Bytes(32), mandate=ID, claimed=Int(), kind=Text(), content=Bytes(32),
)


def check_entry(e):
    check_version(e)
    if e["number"] == 0 or (e["previous"] == ZERO) != (e["number"] == 1):
        raise Refused("number %d, previous %s" % (e["number"], e["previous"].hex()))
    if len(e["heads"]) > 256 or ZERO in e["heads"]:
        raise Refused("heads")
    ascending("heads", e["heads"])
    if e["claimed"] < 0:
        raise Refused("claimed before 1970")
    check_id("kind", e["kind"])
    return e


HEADER = Struct(entry=Encoded(ENTRY, check_entry), ed25519=Bytes(64), mldsa=Bytes(3309))
CONTENT = Struct(salt=Bytes(32), body=Bytes())
SIGNED_ENTRY = Struct(header=Bytes(), content=Bytes())
DRAFT = Struct(entry=Encoded(ENTRY, check_entry), salt=Bytes(32), body=Bytes())


def check_content(entry, c):
    if len(c["body"]) > 4177920:
        raise Refused("a body of %d bytes" % len(c["body"]))
    if label_hash("content", c["salt"], c["body"]) != entry["content"]:
        raise Refused("another content than the entry's")


def check_signed_entry(s):
    """What it is made of; said is None where the body is withheld."""
    if len(s["header"]) > 16384:
        raise Refused("a header of %d bytes" % len(s["header"]))
    header = HEADER.read(decode(s["header"]))
    said = CONTENT.read(decode(s["content"])) if s["content"] else None
    if said:
        check_content(header["entry"]["value"], said)
    return {**header, "said": said}


def check_draft(d):
    check_content(d["entry"]["value"], d)
    return d


RECEIPT = Struct(missed=List(ID))
FIRST_PREKEY = Struct(sealing=Bytes())
PREKEY = Struct(sealing=Bytes(), pairs=List(Struct(key=Bytes(32), sealed=Bytes(1120))))


def check_receipt(r):
    if not 1 <= len(r["missed"]) <= 16 or ZERO in r["missed"]:
        raise Refused("missed entries")
    ascending("missed entries", r["missed"])
    return r


def check_prekey(p):
    check_sealing(p["sealing"])
    if len(p["pairs"]) > 32:
        raise Refused("%d secrets" % len(p["pairs"]))
    ascending("secrets", [x["key"] for x in p["pairs"]])
    return p


# Section 7.1.

CHANGE = Struct(
    version=UInt(), suite=UInt(), channel=ID, side=Text(), previous=List(ID), enrol=List(MEMBER),
    revoke=List(Struct(member=ID, number=UInt())), principal=List(MEMBER), text=Text(),
)


def check_change(c):
    check_version(c)
    if len(c["previous"]) > 16 or ZERO in c["previous"]:
        raise Refused("changes before it")
    ascending("changes before it", c["previous"])
    if len(c["enrol"]) > 8 or len(c["revoke"]) > 32 or len(c["principal"]) > 1:
        raise Refused("too many at once")
    ascending("cuts", [x["member"] for x in c["revoke"]])
    for m in c["enrol"]:
        check_member(m, True)
    for m in c["principal"]:
        check_member(m, False)
    check_halves([m["signing"] for m in c["enrol"] + c["principal"]], [m["sealing"] for m in c["enrol"]])
    check_text("text", c["text"], 0)
    return c


SIGNED_CHANGE = Struct(change=Encoded(CHANGE, check_change), signatures=List(SIGNATURE))


def check_signed_change(s):
    ascending("signatures", [x["signer"] for x in s["signatures"]])
    return s


def change_id(s, charter, channel):
    """The id of a signed change, by what lets it count in this channel."""
    c = s["change"]["value"]
    if c["channel"] != channel:
        raise Refused("another channel")
    keys, threshold, recovery = office(charter, c["side"])
    signers = {x["signer"] for x in s["signatures"]}
    if not signers <= keys | recovery:
        raise Refused("signed by others")
    if c["side"].startswith("neutral:") and (len(c["enrol"]) > 1 or c["principal"]):
        raise Refused("more than a neutral has")
    if c["principal"] and charter["provisional"]:
        raise Refused("a principal in a provisional channel")
    if keys and len(signers & keys) >= threshold:
        return label_hash("roster", s["change"]["bytes"])
    if not signers & recovery or c["principal"]:
        raise Refused("too few signatures")
    return label_hash("roster-recovery", s["change"]["bytes"])


def office(charter, side):
    """Who decides over a side's roster: the authority's keys and threshold, and
    the recovery key, as member ids."""
    for d in charter["delegations"]:
        if d["party"] == side:
            keys, threshold = d["authority"]["keys"], d["authority"]["threshold"]
            if not keys and not charter["provisional"]:
                keys, threshold = [d["principal"]], 1
            recovery = d["recovery"]["signing"]
            return {member_id(m["signing"]) for m in keys}, threshold, {member_id(recovery)} if recovery else set()
    for n in charter["neutrals"]:
        if "neutral:" + n["name"] == side:
            return {member_id(m["signing"]) for m in n["authority"]["keys"]}, n["authority"]["threshold"], set()
    raise Refused("no side %r" % side)


def roster_id(channel, changes):
    return label_hash("roster-known", channel, *sorted(changes)) if changes else channel


# Section 7.2.

PROOF = Struct(
    version=UInt(), suite=UInt(), charter=Bytes(), changes=List(Bytes()), a=Bytes(), b=Bytes(),
)


def check_proof(p):
    """Who signed twice, by all but the signatures."""
    check_version(p)
    signed = read("signed-charter", p["charter"])
    check_complete(signed)
    if signed["secret"]:
        raise Refused("the secret stands in it")
    channel = channel_id(signed["charter"]["bytes"])
    charter = signed["charter"]["value"]
    both = [read("signed-entry", x) for x in (p["a"], p["b"])]
    ids = [entry_id(x["entry"]["bytes"]) for x in both]
    a, b = [x["entry"]["value"] for x in both]
    if any(x["said"] is not None for x in both):
        raise Refused("a body stands in it")
    ascending("the entries", ids)
    if (a["author"], a["number"], a["channel"]) != (b["author"], b["number"], b["channel"]) or a["channel"] != channel:
        raise Refused("two entries that may both be")
    known = set(members(charter))
    if (a["author"] in known) != (not p["changes"]) or len(p["changes"]) > 1:
        raise Refused("changes that are not needed, or too few")
    for raw in p["changes"]:
        s = read("signed-change", raw)
        change_id(s, charter, channel)
        c = s["change"]["value"]
        known |= {member_id(m["signing"]) for m in c["enrol"] + c["principal"]}
    if a["author"] not in known:
        raise Refused("an author whom nothing brings")
    return {"channel": channel, "author": a["author"], "number": a["number"], "a": ids[0], "b": ids[1]}


# Section 8.

TOP = Struct(version=UInt(), commitments=List(Bytes(32)), nonces=List(Bytes(24)), slots=List(Bytes(1168)))
ENVELOPE = Struct(top=TOP, header=Bytes(), content=Bytes())
HEADER_FLOOR, CONTENT_FLOOR = 8192, 4096


def padded(n, floor):
    if n <= floor:
        return floor
    e = n.bit_length() - 1
    step = 1 << (e - e.bit_length())
    return (n + step - 1) // step * step


def encoded_top(envelope):
    """The bytes of an envelope's first item, which every key of it is bound to. They
    end where the header's byte string begins."""
    e = ENVELOPE.read(decode(envelope))
    after = len(head_of(e["header"])) + len(e["header"]) + len(head_of(e["content"])) + len(e["content"])
    return envelope[1:len(envelope) - after]


def head_of(data):
    n = len(data)
    for size, first in ((1, 0x58), (2, 0x59), (4, 0x5a)):
        if n < 1 << 8 * size:
            return bytes([first]) + n.to_bytes(size, "big") if n > 23 else bytes([0x40 + n])
    raise Refused("too long")


def unpadded(data):
    n = int.from_bytes(data[:4], "big")
    if n > len(data) - 4 or any(data[4 + n:]):
        raise Refused("padding")
    return data[4:4 + n]


def check_envelope(e):
    top = e["top"]
    if top["version"] != 1:
        raise Refused("version %d" % top["version"])
    if len(top["commitments"]) != 2 or len(top["nonces"]) != 2:
        raise Refused("other than two parts")
    if len(top["slots"]) not in (8, 16, 32):
        raise Refused("%d slots" % len(top["slots"]))
    for part, floor in (("header", HEADER_FLOOR), ("content", CONTENT_FLOOR)):
        inside = len(e[part]) - 16  # Poly1305's tag
        if inside < floor or padded(inside, floor) != inside:
            raise Refused("a %s of %d bytes" % (part, len(e[part])))
    return e


def header_key(whole_key, channel):
    return expand(whole_key, b"header-key\0" + channel)


def commitment(key, channel):
    return expand(key, b"commitment\0" + channel)


def part_key(key, channel):
    return expand(key, b"body\0" + channel)


# Section 8.3.

NONPAPER = Struct(
    version=UInt(), suite=UInt(), channel=ID, author=ID, prekey=ID, claimed=Int(), until=Int(), sending=UInt(),
    kind=Text(), content=Bytes(32),
    to=List(Struct(device=ID, prekey=ID, number=UInt(), previous=Bytes(32))),
)


def check_nonpaper(f):
    check_version(f)
    if f["prekey"] == ZERO or f["claimed"] < 0 or f["until"] <= f["claimed"] or f["sending"] == 0:
        raise Refused("no prekey, or no proper dates")
    if not 1 <= len(f["to"]) <= 31:
        raise Refused("for %d devices" % len(f["to"]))
    for a in f["to"]:
        if a["device"] == f["author"] or a["number"] == 0 or a["prekey"] == ZERO:
            raise Refused("an addressee who is none")
    ascending("addressees", [a["device"] for a in f["to"]])
    check_id("kind", f["kind"])
    if f["kind"] in OWN_KINDS:
        raise Refused("a %s off the record" % f["kind"])
    return f


NONPAPER_HEADER = Struct(form=Encoded(NONPAPER, check_nonpaper), macs=List(Bytes(32)))


def check_nonpaper_header(h):
    if len(h["macs"]) != len(h["form"]["value"]["to"]):
        raise Refused("%d MACs" % len(h["macs"]))
    return h


def read_nonpaper(header, content):
    h = read("nonpaper-header", header)
    said = CONTENT.read(decode(content))
    if label_hash("nonpaper-content", said["salt"], said["body"]) != h["form"]["value"]["content"]:
        raise Refused("another content than the form's")
    return {**h, "said": said}


def sealing_hash(public):
    return label_hash("sealing", public)


def nonpaper_key(form, to, given, gave):
    ids = form["channel"] + form["author"] + to["device"] + form["prekey"] + to["prekey"]
    return expand(given + gave, b"nonpaper-key\0" + ids)


def label_mac(key, label, data):
    return hmac.new(key, b"parley/v1/" + label.encode() + b"\0" + data, hashlib.sha256).digest()


def nonpaper_receipt(receipt_key, before):
    return b"\x01" + before + label_mac(receipt_key, "nonpaper-before", before)[:23]


# Sections 7 and 10.

def heads(entries):
    """The ids that their author has not continued, ascending."""
    continued = {e["previous"] for e in entries.values()}
    return sorted(i for i in entries if i not in continued)


def heads_digest(channel, nonce, ids):
    return label_hash("heads", channel, len(nonce).to_bytes(8, "big"), nonce, *ids)


def read_aloud(digest):
    digits = "%030d" % (int.from_bytes(digest, "big") % 10 ** 30)
    return " ".join(digits[i:i + 5] for i in range(0, 30, 5))


# Section 11.

FILE = Struct(name=Text(), size=UInt(), sha256=Bytes(32))
MANIFEST = Struct(
    version=UInt(), suite=UInt(), channel=ID, exporter=ID, made=Int(), heads=List(ID), files=List(FILE),
)


def check_manifest(m):
    check_version(m)
    ascending("heads", m["heads"])
    ascending("files", [f["name"] for f in m["files"]])
    if m["made"] < 0:
        raise Refused("made before 1970")
    return m


SIGNED_MANIFEST = Struct(manifest=Encoded(MANIFEST, check_manifest), signature=SIGNATURE)


def check_signed_manifest(s):
    if s["signature"]["signer"] != s["manifest"]["value"]["exporter"]:
        raise Refused("signed by another than the exporter")
    return s


def entry_file(e, i):
    return "entry-%s-%06d-%s.parley" % (e["author"].hex()[:16], e["number"], i.hex())


# What there is to read: a form, what makes it refused, and the most bytes.
KINDS = {
    "charter": (CHARTER, check_charter, 512 << 10),
    "signed-charter": (SIGNED_CHARTER, check_signed_charter, 512 << 10),
    "card": (CARD, check_card, 512 << 10),
    "signed-card": (SIGNED_CARD, check_signed_card, 512 << 10),
    "entry": (ENTRY, check_entry, 16 << 10),
    "signed-entry": (SIGNED_ENTRY, check_signed_entry, 4 << 20),
    "draft": (DRAFT, check_draft, 4 << 20),
    "receipt": (RECEIPT, check_receipt, 4 << 20),
    "prekey": (PREKEY, check_prekey, 4 << 20),
    "nonpaper": (NONPAPER, check_nonpaper, 8 << 10),
    "nonpaper-header": (NONPAPER_HEADER, check_nonpaper_header, 8 << 10),
    "signed-change": (SIGNED_CHANGE, check_signed_change, 512 << 10),
    "proof": (PROOF, check_proof, 2 << 20),
    "envelope": (ENVELOPE, check_envelope, (4 << 20) + (256 << 10)),
    "manifest": (MANIFEST, check_manifest, 16 << 20),
    "signed-manifest": (SIGNED_MANIFEST, check_signed_manifest, 16 << 20),
}


def read(kind, data):
    if kind == "prekey" and data[:1] == b"\x81":
        return check_prekey({**FIRST_PREKEY.read(decode(data)), "pairs": []})
    form, check, most = KINDS[kind]
    if len(data) > most:
        raise Refused("%d bytes, the most is %d" % (len(data), most))
    return check(form.read(decode(data)))
