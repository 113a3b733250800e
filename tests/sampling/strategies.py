"""What the laws of the native order are tried on."""

from dataclasses import dataclass

from hypothesis import strategies as st

MAX_SIZE = 2**63 - 1

seeds = st.integers(0, 2**64 - 1)
numbers = st.integers(0, 2**64 - 1) | st.integers(0, 9)
small_sizes = st.integers(1, 300)
large_sizes = st.integers(16, 62).flatmap(lambda bits: st.integers(2**bits, 2 ** (bits + 1) - 1))
edge_sizes = st.sampled_from(
    [65_536, 65_537]
    + [2**bits + step for bits in (31, 32) for step in (-1, 0, 1)]
    + [2**60, 2**60 + 1, 2**62 + 1, MAX_SIZE]
)
sizes = small_sizes | large_sizes | edge_sizes


@dataclass(frozen=True)
class Slice:
    """Positions start, start + stride, ..., all below a limit."""

    start: int
    stride: int
    count: int

    def positions(self) -> range:
        return range(self.start, self.start + self.count * self.stride, self.stride)


@st.composite
def slices(draw: st.DrawFn, *, limit: int, most: int = 40) -> Slice:
    start = draw(st.integers(0, limit - 1))
    room = limit - 1 - start
    stride = draw(st.integers(1, 9) | st.integers(1, max(1, room)))
    count = draw(st.integers(0, min(most, room // stride + 1)))
    return Slice(start, stride, count)
