"""Solves the four batch sizes from those that are given."""

from app.arithmetic.integers import INT64_MAX, nearest_multiples
from app.arithmetic.spec import BatchGeometry
from app.errors import Fault, InvalidSpecError

FIELDS = (
    "global_batch_size",
    "micro_batch_size",
    "gradient_accumulation_steps",
    "data_parallel_size",
)


def solve_batch(
    *,
    global_batch_size: int | None = None,
    micro_batch_size: int | None = None,
    gradient_accumulation_steps: int | None = None,
    data_parallel_size: int | None = None,
) -> BatchGeometry:
    """Fill in the batch sizes that are not given, so that their product comes out.

    A missing data_parallel_size is solved when the other three are given, else 1; then a missing
    gradient_accumulation_steps is solved when global_batch_size and micro_batch_size are given,
    else 1; then the last unknown is solved.

    >>> solve_batch(global_batch_size=64, micro_batch_size=4, data_parallel_size=2)
    ... # doctest: +NORMALIZE_WHITESPACE
    BatchGeometry(global_batch_size=64, micro_batch_size=4, gradient_accumulation_steps=8,
                  data_parallel_size=2)

    Raises:
        InvalidSpecError: Neither global_batch_size nor micro_batch_size is given, or the product
            does not come out.
    """
    if micro_batch_size is None:
        return _from_global(
            global_batch_size, gradient_accumulation_steps or 1, data_parallel_size or 1
        )
    if global_batch_size is None:
        return _within_int64(
            BatchGeometry.of(
                micro_batch_size=micro_batch_size,
                gradient_accumulation_steps=gradient_accumulation_steps or 1,
                data_parallel_size=data_parallel_size or 1,
            )
        )
    return _from_global_and_micro(
        global_batch_size, micro_batch_size, gradient_accumulation_steps, data_parallel_size
    )


def _from_global(total: int | None, accumulation: int, ranks: int) -> BatchGeometry:
    if total is None:
        raise InvalidSpecError([_missing()])
    return BatchGeometry.of(
        micro_batch_size=_quotient(total, accumulation * ranks, "micro_batch_size"),
        gradient_accumulation_steps=accumulation,
        data_parallel_size=ranks,
    )


def _from_global_and_micro(
    total: int, micro: int, accumulation: int | None, ranks: int | None
) -> BatchGeometry:
    if accumulation is not None and ranks is None:
        ranks = _quotient(total, micro * accumulation, "data_parallel_size")
    ranks = ranks or 1
    if accumulation is None:
        accumulation = _quotient(total, micro * ranks, "gradient_accumulation_steps")
    product = micro * accumulation * ranks
    if product != total:
        raise InvalidSpecError([_mismatch(total, product)])
    return BatchGeometry.of(
        micro_batch_size=micro, gradient_accumulation_steps=accumulation, data_parallel_size=ranks
    )


def _quotient(total: int, divisor: int, unknown: str) -> int:
    if total % divisor:
        raise InvalidSpecError([_indivisible(total, divisor, unknown)])
    return total // divisor


def _within_int64(batch: BatchGeometry) -> BatchGeometry:
    if batch.global_batch_size > INT64_MAX:
        raise InvalidSpecError([_too_large(batch)])
    return batch


def _missing() -> Fault:
    return Fault(
        code="batch-missing",
        pointer="/global_batch_size",
        detail="neither global_batch_size nor micro_batch_size is given",
        given=None,
        allowed="at least one of global_batch_size and micro_batch_size",
    )


def _indivisible(total: int, divisor: int, unknown: str) -> Fault:
    return Fault(
        code="batch-does-not-divide",
        pointer="/global_batch_size",
        detail=(
            f"global_batch_size {total} is no multiple of {divisor}, the product of the other "
            f"factors that are given, so {unknown} cannot be a whole number"
        ),
        given=total,
        allowed=f"a multiple of {divisor}, at most 2^63-1",
        nearest=nearest_multiples(total, divisor),
    )


def _mismatch(total: int, product: int) -> Fault:
    return Fault(
        code="batch-product-mismatch",
        pointer="/global_batch_size",
        detail=(
            f"global_batch_size is {total}, but micro_batch_size x gradient_accumulation_steps x "
            f"data_parallel_size is {product}"
        ),
        given=total,
        allowed="the product of the other three, at most 2^63-1",
        nearest=(product,) if product <= INT64_MAX else (),
    )


def _too_large(batch: BatchGeometry) -> Fault:
    others = batch.gradient_accumulation_steps * batch.data_parallel_size
    largest = INT64_MAX // others
    return Fault(
        code="batch-too-large",
        pointer="/micro_batch_size",
        detail=f"global_batch_size would be {batch.global_batch_size}, above 2^63-1",
        given=batch.micro_batch_size,
        allowed="factors whose product is at most 2^63-1",
        nearest=(largest,) if largest else (),
    )
