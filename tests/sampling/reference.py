"""The native order in plain Python: the oracle, to be read beside docs/native-order.md."""

from hashlib import blake2b

TWO_32, TWO_64 = 2**32, 2**64
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def words(person: str, seed: int, number: int, size: int) -> list[int]:
    message = b"".join(field.to_bytes(8, "little") for field in (seed, number % TWO_64, size))
    digest = blake2b(message, digest_size=64, person=person.encode()).digest()
    return [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 64, 4)]


def long_word(w: list[int], i: int) -> int:
    return w[i] + TWO_32 * w[i + 1]


def mixed(x: int, key: int) -> int:
    h = (x ^ key) * 0x21F0AAAD % TWO_32
    h ^= h >> 15
    return h * 0xD35A2D97 % TWO_32


def finalised(z: int, key: int = 0) -> int:
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % TWO_64
    z ^= key
    z = (z ^ z >> 27) * 0x94D049BB133111EB % TWO_64
    return z ^ z >> 31


def table(w: list[int], size: int) -> list[int]:
    t = list(range(size))
    for i in range(size - 1, 0, -1):
        z = finalised((long_word(w, 0) + i * GOLDEN_RATIO) % TWO_64)
        j = (z >> 16) * (i + 1) >> 48
        t[i], t[j] = t[j], t[i]
    return t


def all_rounds(w: list[int], size: int, value: int) -> int:
    k = ((size - 1).bit_length() + 1) // 2
    b = 1 << k
    a = -(-size // b)
    left, right = divmod(value, b)
    for r in range(0, 8 if size <= 2**60 else 12, 2):
        left = (left + (mixed(right, w[r]) * a >> 32)) % a
        right = (right + (mixed(left, w[r + 1]) >> 32 - k)) % b
    return left * b + right


def network(w: list[int], size: int, position: int) -> int:
    value = all_rounds(w, size, position)
    while value >= size:
        value = all_rounds(w, size, value)
    return value


def permutation(person: str, seed: int, number: int, size: int, position: int) -> int:
    w = words(person, seed, number, size)
    return table(w, size)[position] if size < 65_536 else network(w, size, position)


def draw(seed: int, number: int, size: int, index: int) -> int:
    w = words("epochplan.draw.1", seed, number, size)
    x = finalised((long_word(w, 0) + index * GOLDEN_RATIO) % TWO_64, long_word(w, 2))
    while x * size % TWO_64 < TWO_64 % size:
        x = finalised((x + GOLDEN_RATIO) % TWO_64, long_word(w, 2))
    return x * size >> 64
