"""What is sealed, opened in plain Python: X-Wing (draft-connolly-cfrg-xwing-kem)
over ML-KEM-768 (FIPS 203) and X25519 (RFC 7748), HPKE in base mode (RFC 9180) and
ChaCha20-Poly1305 (RFC 8439) with its long nonce (draft-irtf-cfrg-xchacha). It is
slow, its time depends on its keys, and ML-KEM's check by sealing again is left
out: it is to read test vectors with, and nothing else."""

import hashlib
import hmac

from cbor import Refused

Q, N = 3329, 256
P = (1 << 255) - 19


# ML-KEM-768: secrets of three polynomials, noise 2, ciphertext in 10 and 4 bits.

def reversed7(i):
    return int("{:07b}".format(i)[::-1], 2)


ZETAS = [pow(17, reversed7(i), Q) for i in range(128)]


def ntt(f):
    f, i, step = list(f), 1, 128
    while step >= 2:
        for start in range(0, N, 2 * step):
            for j in range(start, start + step):
                t = ZETAS[i] * f[j + step] % Q
                f[j], f[j + step] = (f[j] + t) % Q, (f[j] - t) % Q
            i += 1
        step //= 2
    return f


def back(f):
    f, i, step = list(f), 127, 2
    while step <= 128:
        for start in range(0, N, 2 * step):
            for j in range(start, start + step):
                a, b = f[j], f[j + step]
                f[j], f[j + step] = (a + b) % Q, ZETAS[i] * (b - a) % Q
            i -= 1
        step *= 2
    return [x * 3303 % Q for x in f]


def times(f, g):
    out = []
    for i in range(128):
        gamma = pow(17, 2 * reversed7(i) + 1, Q)
        a, b, c, d = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
        out += [(a * c + b * d * gamma) % Q, (a * d + b * c) % Q]
    return out


def plus(f, g):
    return [(a + b) % Q for a, b in zip(f, g)]


def unpack(data, bits):
    n, mask = int.from_bytes(data, "little"), (1 << bits) - 1
    return [n >> (bits * i) & mask for i in range(N)]


def pack(f, bits):
    return sum(x << (bits * i) for i, x in enumerate(f)).to_bytes(32 * bits, "little")


def uniform(rho, i, j):
    stream = hashlib.shake_128(rho + bytes([j, i])).digest(2000)
    out = []
    for k in range(0, len(stream), 3):
        three = int.from_bytes(stream[k:k + 3], "little")
        out += [x for x in (three & 0xfff, three >> 12) if x < Q]
    return out[:N]


def noise(sigma, n):
    bits = int.from_bytes(hashlib.shake_256(sigma + bytes([n])).digest(128), "little")
    bit = [bits >> i & 1 for i in range(1024)]
    return [(bit[4 * i] + bit[4 * i + 1] - bit[4 * i + 2] - bit[4 * i + 3]) % Q for i in range(N)]


def mlkem_keys(d):
    """The secret polynomials and the public key of a seed."""
    g = hashlib.sha3_512(d + b"\3").digest()
    rho, sigma = g[:32], g[32:]
    s = [ntt(noise(sigma, i)) for i in range(3)]
    t = [ntt(noise(sigma, 3 + i)) for i in range(3)]
    for i in range(3):
        for j in range(3):
            t[i] = plus(t[i], times(uniform(rho, i, j), s[j]))
    return s, b"".join(pack(x, 12) for x in t) + rho


def mlkem_open(s, public, sealed):
    u = [unpack(sealed[320 * i:320 * i + 320], 10) for i in range(3)]
    v = [(x * Q + 8) >> 4 for x in unpack(sealed[960:], 4)]
    product = [0] * N
    for i in range(3):
        product = plus(product, times(s[i], ntt([(x * Q + 512) >> 10 for x in u[i]])))
    w = [(a - b) % Q for a, b in zip(v, back(product))]
    m = pack([(2 * x + Q // 2) // Q % 2 for x in w], 1)
    return hashlib.sha3_512(m + hashlib.sha3_256(public).digest()).digest()[:32]


# X25519 and X-Wing.

def x25519(scalar, u):
    k = bytearray(scalar)
    k[0], k[31] = k[0] & 248, k[31] & 127 | 64
    k = int.from_bytes(k, "little")
    x1 = int.from_bytes(u, "little") % (1 << 255) % P
    x2, z2, x3, z3 = 1, 0, x1, 1
    for i in reversed(range(255)):
        if k >> i & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a % P, c * b % P, a * a % P, b * b % P
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
        if k >> i & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


class Key:
    """A private sealing key."""

    def __init__(self, seed):
        wide = hashlib.shake_256(seed).digest(96)
        self.s, ml = mlkem_keys(wide[:32])
        self.x = wide[64:]
        self.public = ml + x25519(self.x, b"\x09" + bytes(31))

    def shared(self, enc):
        ml, x = self.public[:1184], self.public[1184:]
        return hashlib.sha3_256(mlkem_open(self.s, ml, enc[:1088]) + x25519(self.x, enc[1088:]) + enc[1088:] + x + b"\\.//^\\").digest()


# HPKE.

class Recipient:
    def __init__(self, key, enc, info, aead):
        self.suite = b"HPKE" + (0x647a).to_bytes(2, "big") + (1).to_bytes(2, "big") + aead.to_bytes(2, "big")
        self.context = b"\0" + self.extract(b"", b"psk_id_hash", b"") + self.extract(b"", b"info_hash", info)
        self.secret = self.extract(key.shared(enc), b"secret", b"")

    def extract(self, salt, label, data):
        return hmac.new(salt or bytes(32), b"HPKE-v1" + self.suite + label + data, hashlib.sha256).digest()

    def expand(self, secret, label, data, n):
        info = n.to_bytes(2, "big") + b"HPKE-v1" + self.suite + label + data
        return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:n]

    def open(self, aad, sealed):
        key = self.expand(self.secret, b"key", self.context, 32)
        return aead_open(key, self.expand(self.secret, b"base_nonce", self.context, 12), aad, sealed)

    def export(self, context, n):
        return self.expand(self.expand(self.secret, b"exp", self.context, 32), b"sec", context, n)


# ChaCha20-Poly1305.

def rounds(state):
    def quarter(a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = s[x] + s[y] & 0xffffffff
            s[z] ^= s[x]
            s[z] = (s[z] << n | s[z] >> 32 - n) & 0xffffffff
    s = list(state)
    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return s


def words(data):
    return [int.from_bytes(data[i:i + 4], "little") for i in range(0, len(data), 4)]


def octets(state):
    return b"".join(x.to_bytes(4, "little") for x in state)


CONSTANT = words(b"expand 32-byte k")


def block(key, counter, nonce):
    state = CONSTANT + words(key) + [counter] + words(nonce)
    return octets([a + b & 0xffffffff for a, b in zip(state, rounds(state))])


def aead_open(key, nonce, aad, sealed):
    if len(nonce) == 24:
        mixed = rounds(CONSTANT + words(key) + words(nonce[:16]))
        key, nonce = octets(mixed[:4] + mixed[12:]), bytes(4) + nonce[16:]
    data, tag = sealed[:-16], sealed[-16:]
    one = block(key, 0, nonce)
    r = int.from_bytes(one[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    whole = aad + bytes(-len(aad) % 16) + data + bytes(-len(data) % 16)
    whole += len(aad).to_bytes(8, "little") + len(data).to_bytes(8, "little")
    for i in range(0, len(whole), 16):
        total = (total + int.from_bytes(whole[i:i + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    if (total + int.from_bytes(one[16:32], "little") & (1 << 128) - 1).to_bytes(16, "little") != tag:
        raise Refused("sealed to another, or changed")
    stream = b"".join(block(key, 1 + i, nonce) for i in range((len(data) + 63) // 64))
    return bytes(a ^ b for a, b in zip(data, stream))
