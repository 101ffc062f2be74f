"""The encoding of docs/wire.md, section 1, and the forms that structures have.

A form is a class with read(item), which takes what the decoder made and gives
back what a program would work with, or raises Refused."""

MAX_ENCODED = 16 << 20
MAX_DEPTH = 16
MAX_ITEMS = 1 << 16


class Refused(Exception):
    """The bytes are not what they should be."""


def decode(data):
    """Reads the one item that fills data: int, bytes, str, bool or list."""
    if len(data) > MAX_ENCODED:
        raise Refused("too long")
    item, at = _item(data, 0, 0)
    if at != len(data):
        raise Refused("bytes after the end")
    if encode(item) != data:
        raise Refused("the value has another encoding")
    return item


def _item(data, at, depth):
    if depth > MAX_DEPTH:
        raise Refused("nested too deeply")
    major, value, start, at = _head(data, at)
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major in (2, 3):
        if value > len(data) - at:
            raise Refused("a string runs past the end")
        string = data[at:at + value]
        if major == 2:
            return string, at + value
        try:
            return string.decode("utf-8", "strict"), at + value
        except UnicodeDecodeError:
            raise Refused("text that is not UTF-8") from None
    if major == 4:
        if value > MAX_ITEMS:
            raise Refused("an array too long")
        items = []
        for _ in range(value):
            item, at = _item(data, at, depth + 1)
            items.append(item)
        return items, at
    if start in (0xf4, 0xf5):
        return start == 0xf5, at
    raise Refused("byte %#04x begins nothing that is allowed" % start)


def _head(data, at):
    if at >= len(data):
        raise Refused("it ends too early")
    start = data[at]
    major, info, at = start >> 5, start & 31, at + 1
    if info < 24:
        return major, info, start, at
    if info > 27 or major == 7:
        raise Refused("byte %#04x begins nothing that is allowed" % start)
    size = 1 << (info - 24)
    if len(data) - at < size:
        raise Refused("it ends too early")
    value = int.from_bytes(data[at:at + size], "big")
    if value < (24, 1 << 8, 1 << 16, 1 << 32)[info - 24]:
        raise Refused("a number longer than it need be")
    return major, value, start, at + size


def encode(item):
    if item is True or item is False:
        return b"\xf5" if item else b"\xf4"
    if isinstance(item, int):
        return _number(0, item) if item >= 0 else _number(1, -1 - item)
    if isinstance(item, bytes):
        return _number(2, len(item)) + item
    if isinstance(item, str):
        text = item.encode("utf-8")
        return _number(3, len(text)) + text
    return _number(4, len(item)) + b"".join(encode(x) for x in item)


def _number(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << (8 * size):
            return bytes([major << 5 | info]) + value.to_bytes(size, "big")
    raise Refused("a number of more than 64 bits")


class UInt:
    def read(self, item):
        if isinstance(item, bool) or not isinstance(item, int) or not 0 <= item < 1 << 64:
            raise Refused("no uint")
        return item


class Int:
    def read(self, item):
        if isinstance(item, bool) or not isinstance(item, int) or not -(1 << 63) <= item < 1 << 63:
            raise Refused("no int")
        return item


class Bool:
    def read(self, item):
        if not isinstance(item, bool):
            raise Refused("no bool")
        return item


class Text:
    def read(self, item):
        if not isinstance(item, str):
            raise Refused("no text")
        return item


class Bytes:
    def __init__(self, size=None):
        self.size = size

    def read(self, item):
        if not isinstance(item, bytes):
            raise Refused("no bytes")
        if self.size is not None and len(item) != self.size:
            raise Refused("%d bytes, not %d" % (len(item), self.size))
        return item


class List:
    def __init__(self, form):
        self.form = form

    def read(self, item):
        if not isinstance(item, list):
            raise Refused("no array")
        return [self.form.read(x) for x in item]


class Struct:
    """An array of fixed length, its fields known by their places."""

    def __init__(self, **fields):
        self.fields = fields

    def read(self, item):
        if not isinstance(item, list) or len(item) != len(self.fields):
            raise Refused("no array of %d" % len(self.fields))
        out = {}
        for (name, form), value in zip(self.fields.items(), item):
            try:
                out[name] = form.read(value)
            except Refused as why:
                raise Refused("%s: %s" % (name, why)) from None
        return out


class Encoded:
    """Bytes that hold the encoding of a structure: kept as they are."""

    def __init__(self, form, check):
        self.form, self.check = form, check

    def read(self, item):
        data = Bytes().read(item)
        return {"bytes": data, "value": self.check(self.form.read(decode(data)))}
