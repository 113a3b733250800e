"""Vectors of unsigned 32-bit lanes, written in LLVM's own language.

LLVM turns them into what the processor has: AVX-512, AVX2, SSE or NEON.
"""

# llvmlite publishes what builds instructions without types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

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
        count: Lanes of a vector, even.
    """

    builder: Builder
    count: int

    @property
    def words(self) -> ir.VectorType:
        """The type of a vector."""
        return ir.VectorType(WORD, self.count)

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
        pairs = ir.VectorType(LONG, self.count // 2)
        low = ir.Constant(pairs, [2**32 - 1] * pairs.count)
        half = ir.Constant(pairs, [32] * pairs.count)
        wide = self._spread(build.zext(factor, LONG), pairs)
        shared = build.bitcast(words, pairs)
        lower = build.bitcast(build.mul(build.and_(shared, low), wide), self.words)
        upper = build.bitcast(build.mul(build.lshr(shared, half), wide), self.words)
        odd = [lane | 1 if lane % 2 == 0 else self.count + lane for lane in range(self.count)]
        return build.shuffle_vector(lower, upper, ir.Constant(self.words, odd))

    def longs(self, words: Value) -> Value:
        """Every lane widened to 64 bits."""
        return self.builder.zext(words, ir.VectorType(LONG, self.count))

    def spread_long(self, scalar: Value) -> Value:
        """A number of 64 bits, in every lane of a vector of such."""
        return self._spread(scalar, ir.VectorType(LONG, self.count))

    def load(self, items: Value, place: Value, item: ir.IntType) -> Value:
        """As many items as there are lanes, from a place of an array on.

        Args:
            items: A pointer to the first item.
            place: Number of the item, 64 bits.
            item: The type of an item.
        """
        vector = self.builder.load(self._address(items, place, item))
        vector.align = item.width // 8
        return vector

    def store(self, vector: Value, items: Value, place: Value) -> None:
        """Write a vector into an array, from a place on."""
        item = vector.type.element
        written = self.builder.store(vector, self._address(items, place, item))
        written.align = item.width // 8

    def any_equal(self, words: Value, scalar: Value) -> Value:
        """64 bits, not 0 when some lane holds a number."""
        equal = self.builder.icmp_unsigned("==", words, self.spread(scalar))
        return self.builder.zext(self.builder.bitcast(equal, ir.IntType(self.count)), LONG)

    def _address(self, items: Value, place: Value, item: ir.IntType) -> Value:
        first = self.builder.gep(items, [place])
        return self.builder.bitcast(first, ir.VectorType(item, self.count).as_pointer())

    def _spread(self, scalar: Value, kind: ir.VectorType) -> Value:
        nothing = ir.Constant(kind, ir.Undefined)
        single = self.builder.insert_element(nothing, scalar, WORD(0))
        first = ir.Constant(ir.VectorType(WORD, kind.count), [0] * kind.count)
        return self.builder.shuffle_vector(single, nothing, first)
