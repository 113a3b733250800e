"""Blocks in vectors of every width, whatever the processor of this machine has."""

# numba publishes its decorators without types:
# mypy: disable-error-code="untyped-decorator"

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pytest
from llvmlite import binding
from numba import njit
from numpy.typing import NDArray

from app.sampling import feistel_block_kernels as block
from app.sampling.keys import Purpose, key_words
from app.sampling.numpy_set import NUMPY_SET
from app.sampling.vector_kernels import lanes_of

CPU: Final = "skylake-avx512"


@dataclass(frozen=True)
class Network:
    """A network; what a value outside the dataset needs is not part of a block."""

    size: int

    @property
    def bits(self) -> int:
        return ((self.size - 1).bit_length() + 1) // 2

    @property
    def keys(self) -> NDArray[np.uint32]:
        words = key_words(Purpose.SHUFFLE, seed=3, number=4, dataset_size=self.size)
        return words[: 8 if self.size <= 2**60 else 12]

    def constants(self, *, stride: int, lanes: int) -> NDArray[np.uint32]:
        found = np.zeros(block.CONSTANTS, np.uint32)
        found[block.LEFT_SIZE] = ((self.size - 1) >> self.bits) + 1
        found[block.KEYS : block.KEYS + self.keys.size] = self.keys
        # of every four lanes two hold positions of the vector's first half, two of its second
        positions = np.arange(block.VECTORS * lanes).reshape(-1, 2, lanes // 4, 2)
        for place, position in enumerate(positions.swapaxes(1, 2).ravel().tolist()):
            left, right = divmod(position * stride, 2**self.bits)
            found[block.LEFT_OFFSETS + place] = left % 2**32
            found[block.RIGHT_OFFSETS + place] = right
        return found


def fill_8(out: Any, left: Any, right: Any, constants: Any, bits: Any) -> Any:
    return block.fill_block_8(out, 0, left, right, constants, bits)


def fill_12(out: Any, left: Any, right: Any, constants: Any, bits: Any) -> Any:
    return block.fill_block_12(out, 0, left, right, constants, bits)


def find_8(out: Any, values: Any, constants: Any, bits: Any) -> Any:
    return block.find_block_8(out, values, 0, constants, bits)


def find_12(out: Any, values: Any, constants: Any, bits: Any) -> Any:
    return block.find_block_12(out, values, 0, constants, bits)


# the halves are full or nearly so, so that no value of a block lies outside the dataset
FILLING = [(4, fill_12, Network(2**63 - 1)), (16, fill_8, Network(2**60))]
FINDING = [(4, find_8, Network(2**32)), (16, find_12, Network(2**63 - 1))]


def compiled(function: Any, *, lanes: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(block, "lanes_of", lambda _: lanes)
    return njit(function)


def samples_at(network: Network, *, start: int, stride: int, count: int) -> NDArray[np.int64]:
    out = np.empty(count, np.int64)
    NUMPY_SET.fill_feistel(out, start, stride, network.size, network.bits, network.keys)
    return out


@pytest.mark.parametrize(("lanes", "function", "network"), FILLING)
def test_vectors_of_any_width_give_the_same_samples(
    lanes: int, function: Any, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = compiled(function, lanes=lanes, monkeypatch=monkeypatch)
    count = lanes * block.VECTORS
    for stride in (1, 10**9 + 7, network.size // count):
        start = network.size - 1 - (count - 1) * stride
        left, right = divmod(start, 2**network.bits)
        out = np.empty(count, np.int64)
        constants = network.constants(stride=stride, lanes=lanes)

        fill(out, np.uint32(left), np.uint32(right), constants, np.uint64(network.bits))

        assert out.tolist() == samples_at(network, start=start, stride=stride, count=count).tolist()


@pytest.mark.parametrize(("lanes", "function", "network"), FINDING)
def test_vectors_of_any_width_find_the_samples_again(
    lanes: int, function: Any, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = compiled(function, lanes=lanes, monkeypatch=monkeypatch)
    count = lanes * block.VECTORS
    values = samples_at(network, start=5, stride=network.size // count, count=count)
    out = np.empty(count, np.int64)

    find(out, values, network.constants(stride=0, lanes=lanes), np.uint64(network.bits))

    assert out.tolist() == [5 + place * (network.size // count) for place in range(count)]


def test_a_processor_with_vectors_of_512_bits_computes_in_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill = compiled(fill_8, lanes=lanes_of("+avx512f"), monkeypatch=monkeypatch)
    network = FILLING[1][2]
    constants = network.constants(stride=1, lanes=16)
    fill(np.empty(128, np.int64), np.uint32(0), np.uint32(0), constants, np.uint64(network.bits))
    module = binding.parse_assembly(fill.inspect_llvm(fill.signatures[0]))
    processor = binding.Target.from_triple(module.triple).create_target_machine(cpu=CPU)

    assembly = processor.emit_assembly(module)

    assert assembly.count("zmm") > 10 * assembly.count("ymm")
