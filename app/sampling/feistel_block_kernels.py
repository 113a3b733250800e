"""Blocks of the permutation in explicit vectors, as functions that compiled kernels call.

numba widens 32-bit arithmetic to 64 bits wherever a shift or a product depends on a variable, so
that LLVM does not find the short vectors by itself.
"""

# numba and llvmlite publish what builds instructions without types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from numba import types
from numba.extending import intrinsic

from app.sampling.feistel_rounds_kernels import Rounds, Values, Vectors
from app.sampling.vector_kernels import LONG, Builder, Lanes, Value, lanes_of

VECTORS: Final = 8  # side by side: so many hide the latency of a multiplication
MOST_TOGETHER: Final = VECTORS * 16  # positions of a block, whatever the processor

# where the constants of a network stand
LEFT_SIZE: Final = 0
KEYS: Final = 1
RIGHT_OFFSETS: Final = 16
LEFT_OFFSETS: Final = RIGHT_OFFSETS + MOST_TOGETHER
CONSTANTS: Final = LEFT_OFFSETS + MOST_TOGETHER

# numba publishes no types for what it hands to an intrinsic
Kind = Any
Context = Any
Signature = Any
Writer = Callable[[Context, Builder, Signature, Vectors], Value]


@dataclass(frozen=True)
class Call:
    """A call of an intrinsic, to be written out.

    Attributes:
        context: numba's, of the processor that is compiled for.
        builder: Where the instructions go.
        kinds: numba's types of the arguments.
        arguments: Their values, the constants and the right bits last.
    """

    context: Context
    builder: Builder
    kinds: Sequence[Kind]
    arguments: Sequence[Value]

    @property
    def lanes(self) -> Lanes:
        """Vectors as wide as the processor has them."""
        return Lanes(self.builder, lanes_of(self.context.codegen().magic_tuple()[-1]))

    def items(self, number: int) -> Value:
        """A pointer to the first item of an argument that is a contiguous array."""
        array = self.context.make_array(self.kinds[number])
        return array(self.context, self.builder, self.arguments[number]).data

    def rounds(self, count: int) -> Rounds:
        """So many rounds of the network that the last two arguments describe."""
        constants, right_bits = self.items(-2), self.arguments[-1]
        left_size, *keys = (
            self.builder.load(self.builder.gep(constants, [LONG(place)]))
            for place in (LEFT_SIZE, *range(KEYS, KEYS + count))
        )
        lanes = self.lanes
        return Rounds(lanes, [lanes.spread(key) for key in keys], left_size, right_bits)


def _filling(count: int) -> Callable[..., int]:
    def write(
        context: Context, builder: Builder, signature: Signature, arguments: Vectors
    ) -> Value:
        call = Call(context, builder, signature.args, arguments)
        rounds, out = call.rounds(count), call.items(0)
        values = Values(rounds, out.type.pointee)
        lefts, rights = _positions(rounds, arguments[2], arguments[3], call.items(4))
        return values.store(*rounds.forward(lefts, rights), out, arguments[1])

    # a block begins anywhere in its array and at any position: six arguments
    def typed(
        _: Context, out: Kind, first: Kind, left: Kind, right: Kind, constants: Kind, bits: Kind
    ) -> tuple[Signature, Writer]:
        return types.uint64(out, first, left, right, constants, bits), write

    return cast(Callable[..., int], intrinsic(typed))


def _finding(count: int) -> Callable[..., int]:
    def write(
        context: Context, builder: Builder, signature: Signature, arguments: Vectors
    ) -> Value:
        call = Call(context, builder, signature.args, arguments)
        rounds, first = call.rounds(count), arguments[2]
        values = Values(rounds, LONG)
        lefts, rights = values.load(call.items(1), first, VECTORS)
        return values.store(*rounds.backward(lefts, rights), call.items(0), first)

    def typed(
        _: Context, out: Kind, values: Kind, first: Kind, constants: Kind, bits: Kind
    ) -> tuple[Signature, Writer]:
        return types.uint64(out, values, first, constants, bits), write

    return cast(Callable[..., int], intrinsic(typed))


def _positions(
    rounds: Rounds, left: Value, right: Value, constants: Value
) -> tuple[Vectors, Vectors]:
    """The halves of a position and of those that follow it, added with a carry."""
    lanes, build = rounds.lanes, rounds.lanes.builder
    first_left, first_right = lanes.spread(left), lanes.spread(right)
    lefts, rights = [], []
    for number in range(VECTORS):
        right_offsets, left_offsets = (
            lanes.load(constants, LONG(offsets + number * lanes.count), lanes.words)
            for offsets in (RIGHT_OFFSETS, LEFT_OFFSETS)
        )
        summed = build.add(first_right, right_offsets)
        rights.append(build.and_(summed, rounds.right_mask))
        carry = rounds.carry(summed, first_right)
        lefts.append(build.add(build.add(first_left, left_offsets), carry))
    return lefts, rights


def _together(_: Context) -> tuple[Signature, Writer]:
    def write(
        context: Context, builder: Builder, _signature: Signature, _arguments: Vectors
    ) -> Value:
        return LONG(VECTORS * Call(context, builder, (), ()).lanes.count)

    return types.int64(), write


positions_together = cast(Callable[[], int], intrinsic(_together))
"""Positions of a block on this processor."""

fill_block_8 = _filling(8)
"""Values of a block of positions, 8 rounds: ``(out, first, left, right, constants, right_bits)``.

Writes out[first], out[first + 1], ... as int64 or uint32, as many as positions_together; the
first position is given by its halves, uint32. The constants tell how far every lane's position is
from it; for int64 the lanes stand in the order that ``Lanes.interleaved`` undoes. The answer,
uint64, is 0 when every value lies inside the dataset for sure.
"""

fill_block_12 = _filling(12)
"""The same with 12 rounds."""

find_block_8 = _finding(8)
"""Positions of a block of values, 8 rounds: ``(out, values, first, constants, right_bits)``."""

find_block_12 = _finding(12)
"""The same with 12 rounds."""
