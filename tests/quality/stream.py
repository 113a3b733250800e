"""Random words made of an order, without end, for test batteries that read standard input.

    python -m tests.quality.stream native | dieharder -a -g 200

At N = 2**32 every value is one word of 32 bits. Of each of the passes 0, 1, 2, ... of seed 0 come
the values of 65,536 positions: of neighbours in the first, of every second position in the next,
of every fourth, and so on to every 65,536th, and then of neighbours again.

A pass repeats no value, which random words do. So few are taken that half a pair of equal words
is missing in each (65,536**2 / 2 / 2**32): 2,048 of the 8 million pairs of equal words within a
gigabyte, which is less than their standard deviation of 2,900.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import count

import numpy as np
from numpy.typing import NDArray

from tests.quality.control import ControlSource
from tests.quality.native import NativeSource
from tests.quality.wanted import Source, Wanted
from tests.quality.weak_network import WeakNetwork

SIZE = 2**32
WORDS_OF_A_PASS = 2**16
STRIDES = 17  # from 1 to 2**16
SOURCES: dict[str, Source] = {
    "native": NativeSource(),
    "numpy": ControlSource(),
    "rounds-3": WeakNetwork(rounds=3),
    "rounds-2": WeakNetwork(rounds=2),
}


def words(source: Source) -> Iterator[NDArray[np.uint32]]:
    """One pass after another."""
    for number in count():
        stride = 2 ** (number % STRIDES)
        wanted = Wanted(size=SIZE, seeds=(0,), count=WORDS_OF_A_PASS, number=number, stride=stride)
        yield source.values(wanted).ravel().astype("<u4")


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("source", choices=SOURCES)
    given = parser.parse_args()
    try:
        for each in words(SOURCES[given.source]):
            sys.stdout.buffer.write(each.data)
    except BrokenPipeError:  # whoever reads has enough
        sys.stderr.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
