"""The rounds of the permutation for several vectors side by side.

A chain of eight rounds waits for each of its multiplications; vectors that do not depend on one
another fill the time.
"""

# llvmlite publishes what builds instructions without types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from llvmlite import ir

from app.sampling.vector_kernels import LONG, WORD, Lanes, Value

FEW_ROUNDS: Final = 8  # up to 2**60 samples

Vectors = Sequence[Value]


@dataclass(frozen=True)
class Rounds:
    """Writes the rounds for several vectors side by side.

    Attributes:
        lanes: Writes what every vector needs.
        keys: One for every round, in every lane.
        left_size: Values of the left half, 32 bits.
        right_bits: Bits of the right half, 64 bits.
    """

    lanes: Lanes
    keys: Vectors
    left_size: Value
    right_bits: Value

    @property
    def right_mask(self) -> Value:
        """The bits of the right half, in every lane."""
        build = self.lanes.builder
        mask = build.sub(build.shl(LONG(1), self.right_bits), LONG(1))
        return self.lanes.spread(build.trunc(mask, WORD))

    @property
    def right_room(self) -> Value:
        """The bits of a word that the right half leaves, in every lane: 0 to 31."""
        build = self.lanes.builder
        room = build.sub(WORD(32), build.trunc(self.right_bits, WORD))
        # the mask tells LLVM that a shift by it stays below the width
        return self.lanes.spread(build.and_(room, WORD(31)))

    def forward(self, lefts: Vectors, rights: Vectors) -> tuple[Vectors, Vectors]:
        """Through all rounds, from the positions to the values."""
        build, size = self.lanes.builder, self.lanes.spread(self.left_size)
        for even_key, odd_key in zip(self.keys[::2], self.keys[1::2], strict=True):
            steps = [self._left_step(right, even_key) for right in rights]
            moved = [build.add(left, step) for left, step in zip(lefts, steps, strict=True)]
            # one subtraction is enough; it wraps upwards where there was nothing to subtract
            lefts = [self.lanes.lesser(each, build.sub(each, size)) for each in moved]
            steps = [self._right_step(left, odd_key) for left in lefts]
            rights = [self._masked(build.add(*pair)) for pair in zip(rights, steps, strict=True)]
        return lefts, rights

    def backward(self, lefts: Vectors, rights: Vectors) -> tuple[Vectors, Vectors]:
        """Through all rounds, from the values to the positions."""
        build, size = self.lanes.builder, self.lanes.spread(self.left_size)
        keys = self.keys[::-1]
        for odd_key, even_key in zip(keys[::2], keys[1::2], strict=True):
            steps = [self._right_step(left, odd_key) for left in lefts]
            rights = [self._masked(build.sub(*pair)) for pair in zip(rights, steps, strict=True)]
            steps = [self._left_step(right, even_key) for right in rights]
            moved = [build.sub(left, step) for left, step in zip(lefts, steps, strict=True)]
            lefts = [self.lanes.lesser(each, build.add(each, size)) for each in moved]
        return lefts, rights

    def carry(self, summed: Value, addend: Value) -> Value:
        """What the sum of two right halves carries over to the left one: 0 or 1."""
        build, lanes = self.lanes.builder, self.lanes
        if len(self.keys) == FEW_ROUNDS:  # at most 30 bits, so the sum still has its carry
            return build.lshr(summed, lanes.spread(build.trunc(self.right_bits, WORD)))
        wrapped = build.icmp_unsigned("<", self._masked(summed), addend)
        return build.zext(wrapped, lanes.words)

    def _left_step(self, right: Value, key: Value) -> Value:
        return self.lanes.high_products(self._mixed(right, key), self.left_size)

    def _right_step(self, left: Value, key: Value) -> Value:
        return self.lanes.builder.lshr(self._mixed(left, key), self.right_room)

    def _masked(self, right: Value) -> Value:
        return self.lanes.builder.and_(right, self.right_mask)

    def _mixed(self, half: Value, key: Value) -> Value:
        build, constant = self.lanes.builder, self.lanes.constant
        mixed = build.mul(build.xor(half, key), constant(0x21F0AAAD))
        mixed = build.xor(mixed, build.lshr(mixed, constant(15)))
        return build.mul(mixed, constant(0xD35A2D97))


@dataclass(frozen=True)
class Values:
    """Reads and writes vectors of 64-bit or 32-bit numbers as pairs of halves.

    The lanes of the halves of 64-bit numbers stand in the order of ``Lanes.interleaved``.

    Attributes:
        rounds: What the halves are made for.
        item: Type of a number.
    """

    rounds: Rounds
    item: ir.IntType

    def load(self, items: Value, first: Value, count: int) -> tuple[Vectors, Vectors]:
        """The left and the right halves of so many vectors of 64-bit numbers."""
        lanes, build = self.rounds.lanes, self.rounds.lanes.builder
        lefts, rights, place = [], [], first
        for _ in range(count):
            behind = build.add(place, LONG(lanes.longs.count))
            longs = (lanes.load(items, each, lanes.longs) for each in (place, behind))
            lower, upper = lanes.parted(*longs)
            place = build.add(place, LONG(lanes.count))
            beneath = self._shifted(build.lshr, lower)
            lefts.append(build.or_(beneath, build.shl(upper, self.rounds.right_room)))
            rights.append(build.and_(lower, self.rounds.right_mask))
        return lefts, rights

    def store(self, lefts: Vectors, rights: Vectors, items: Value, first: Value) -> Value:
        """Write all numbers; 64 bits, not 0 when some left half is the last one there is."""
        lanes, build = self.rounds.lanes, self.rounds.lanes.builder
        largest, place = lefts[0], first
        for left, right in zip(lefts, rights, strict=True):
            for numbers in self._joined(left, right):
                lanes.store(numbers, items, place)
                place = build.add(place, LONG(numbers.type.count))
            largest = lanes.greater(largest, left)
        return lanes.any_equal(largest, build.sub(self.rounds.left_size, WORD(1)))

    def _joined(self, left: Value, right: Value) -> Vectors:
        """The numbers of two halves, in as many vectors as they need."""
        build = self.rounds.lanes.builder
        lower = build.or_(self._shifted(build.shl, left), right)
        if self.item != LONG:
            return (lower,)
        return self.rounds.lanes.interleaved(lower, build.lshr(left, self.rounds.right_room))

    def _shifted(self, shift: Callable[[Value, Value], Value], words: Value) -> Value:
        """Words shifted by the right bits, which may be all that a word has."""
        lanes, build = self.rounds.lanes, self.rounds.lanes.builder
        bits = build.trunc(self.rounds.right_bits, WORD)
        if len(self.rounds.keys) == FEW_ROUNDS:  # at most 30 bits
            return shift(words, lanes.spread(bits))
        # LLVM leaves open what a shift by the whole width gives
        return shift(shift(words, lanes.spread(build.sub(bits, WORD(1)))), lanes.constant(1))
