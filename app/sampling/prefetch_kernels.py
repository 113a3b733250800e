"""Asks the processor for memory that a compiled loop will need soon."""

# numba and llvmlite publish what builds instructions without types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from app.sampling.kernel_set import ShuffleTable

WRITE, KEEP, DATA = 1, 3, 1  # arguments of llvm.prefetch, LLVM Language Reference Manual


def _prefetch(_: Any, array: Any, index: Any) -> Any:  # noqa: ANN401 - numba's own types
    def built(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        values = context.make_array(signature.args[0])(context, builder, arguments[0])
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.zext(arguments[1], ir.IntType(64))
        address = builder.bitcast(builder.gep(values.data, [place]), byte)
        instruction = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag]),
            "llvm.prefetch.p0",
        )
        builder.call(instruction, [address, flag(WRITE), flag(KEEP), flag(DATA)])
        return context.get_dummy_value()

    return types.void(array, index), built


prefetch = cast(Callable[[ShuffleTable, Any], None], intrinsic(_prefetch))
"""Bring one element of a table into the cache, soon to be written.

Takes a contiguous table of one dimension and the number of the element, uint32. An element
outside the table is asked for in vain, without a fault.
"""
