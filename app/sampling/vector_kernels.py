"""Vectors of unsigned 32-bit lanes, written in LLVM's own language.

LLVM turns them into what the processor has: AVX-512, AVX2, SSE or NEON.
"""

# llvmlite publishes what builds instructions without types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from llvmlite import ir

# llvmlite publishes no types, and what can be inferred of them is wrong
Value = Any
Builder = Any

WORD: Final = ir.IntType(32)
LONG: Final = ir.IntType(64)

_AVX512_LANES: Final = 16
_AVX2_LANES: Final = 8
_OTHER_LANES: Final = 4  # SSE and NEON


def lanes_of(features: str) -> int:
    """Lanes of the widest vectors that a processor has.

    >>> lanes_of("+avx2,+avx512f"), lanes_of("+avx2,-avx512f"), lanes_of("")
    (16, 8, 4)

    Args:
        features: As LLVM names them, "+" before what is there, separated by commas.
    """
    there = features.split(",")
    if "+avx512f" in there:
        return _AVX512_LANES
    return _AVX2_LANES if "+avx2" in there else _OTHER_LANES


@dataclass(frozen=True)
class Lanes:
    """Writes instructions for vectors of so many lanes.

    Attributes:
        builder: Where the instructions go.
        count: Lanes of a vector, a multiple of four.
    """

    builder: Builder
    count: int

    @property
    def words(self) -> ir.VectorType:
        """The type of a vector."""
        return ir.VectorType(WORD, self.count)

    @property
    def longs(self) -> ir.VectorType:
        """The type of a vector as wide, of half as many numbers of 64 bits."""
        return ir.VectorType(LONG, self.count // 2)

    def constant(self, value: int) -> ir.Constant:
        """The same number in every lane."""
        return ir.Constant(self.words, [value] * self.count)

    def spread(self, scalar: Value) -> Value:
        """A number of 32 bits that is known at run time, in every lane."""
        return self._spread(scalar, self.words)

    def lesser(self, first: Value, second: Value) -> Value:
        """The lesser one, lane by lane, as unsigned numbers."""
        build = self.builder
        return build.select(build.icmp_unsigned("<", first, second), first, second)

    def greater(self, first: Value, second: Value) -> Value:
        """The greater one, lane by lane, as unsigned numbers."""
        build = self.builder
        return build.select(build.icmp_unsigned(">", first, second), first, second)

    def high_products(self, words: Value, factor: Value) -> Value:
        """The upper half of the 64-bit product of every lane and a number of 32 bits.

        Two lanes share a 64-bit word: the lower and the upper ones are multiplied apart, and the
        upper halves of the products are what stands in the odd lanes of both.
        """
        build = self.builder
        pairs = self.count // 2
        low = ir.Constant(self.longs, [2**32 - 1] * pairs)
        half = ir.Constant(self.longs, [32] * pairs)
        wide = self._spread(build.zext(factor, LONG), self.longs)
        shared = build.bitcast(words, self.longs)
        lower = build.bitcast(build.mul(build.and_(shared, low), wide), self.words)
        upper = build.bitcast(build.mul(build.lshr(shared, half), wide), self.words)
        odd = [lane | 1 if lane % 2 == 0 else self.count + lane for lane in range(self.count)]
        return self._shuffled(lower, upper, odd)

    def interleaved(self, lower: Value, upper: Value) -> tuple[Value, Value]:
        """The 64-bit numbers of their lower and upper halves, in two vectors.

        Of every four lanes the first two go to the first vector, the others to the second one.
        Processors do that in one instruction each; to keep the order of the lanes takes more.
        """
        first = [
            half + lane
            for four in range(0, self.count, 4)
            for lane in (four, four + 1)
            for half in (0, self.count)
        ]
        second = [place + 2 for place in first]
        return (
            self.builder.bitcast(self._shuffled(lower, upper, first), self.longs),
            self.builder.bitcast(self._shuffled(lower, upper, second), self.longs),
        )

    def parted(self, first: Value, second: Value) -> tuple[Value, Value]:
        """The lower and upper halves of the 64-bit numbers of two vectors: interleaved, undone."""
        start, end = (self.builder.bitcast(each, self.words) for each in (first, second))
        lower = [
            vector + place
            for four in range(0, self.count, 4)
            for vector in (0, self.count)
            for place in (four, four + 2)
        ]
        upper = [place + 1 for place in lower]
        return self._shuffled(start, end, lower), self._shuffled(start, end, upper)

    def load(self, items: Value, place: Value, kind: ir.VectorType) -> Value:
        """A vector of the items from a place of an array on.

        Args:
            items: A pointer to the first item.
            place: Number of the item, 64 bits.
            kind: The type of the vector.
        """
        vector = self.builder.load(self._address(items, place, kind))
        vector.align = kind.element.width // 8
        return vector

    def store(self, vector: Value, items: Value, place: Value) -> None:
        """Write a vector into an array, from a place on."""
        written = self.builder.store(vector, self._address(items, place, vector.type))
        written.align = vector.type.element.width // 8

    def any_equal(self, words: Value, scalar: Value) -> Value:
        """64 bits, not 0 when some lane holds a number."""
        equal = self.builder.icmp_unsigned("==", words, self.spread(scalar))
        return self.builder.zext(self.builder.bitcast(equal, ir.IntType(self.count)), LONG)

    def _address(self, items: Value, place: Value, kind: ir.VectorType) -> Value:
        return self.builder.bitcast(self.builder.gep(items, [place]), kind.as_pointer())

    def _shuffled(self, first: Value, second: Value, places: Sequence[int]) -> Value:
        """Lanes of two vectors; those of the second one are numbered after the first one's."""
        return self.builder.shuffle_vector(first, second, ir.Constant(self.words, list(places)))

    def _spread(self, scalar: Value, kind: ir.VectorType) -> Value:
        nothing = ir.Constant(kind, ir.Undefined)
        single = self.builder.insert_element(nothing, scalar, WORD(0))
        first = ir.Constant(ir.VectorType(WORD, kind.count), [0] * kind.count)
        return self.builder.shuffle_vector(single, nothing, first)
