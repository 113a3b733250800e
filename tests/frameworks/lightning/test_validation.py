from hypothesis import given
from hypothesis import strategies as st

from app.frameworks.lightning.validation import Validation
from tests.strategies import sparingly


def validated_after(validation: Validation) -> list[int]:
    """The loop itself: micro-step by micro-step."""
    found = []
    for micro_step in range(1, validation.micro_steps + 1):
        epoch, done = divmod(micro_step - 1, validation.epoch_length)
        every = validation.every_n_epochs
        counted = micro_step if every is None else done + 1
        if (every is None or (epoch + 1) % every == 0) and counted % validation.interval == 0:
            found.append(micro_step)
    return found


@sparingly
@given(st.integers(1, 9), st.none() | st.integers(1, 5), st.integers(1, 9), st.integers(1, 60))
def test_first_last_and_number_are_those_of_the_loop(
    interval: int, every: int | None, length: int, micro_steps: int
) -> None:
    validation = Validation(
        interval=interval, every_n_epochs=every, epoch_length=length, micro_steps=micro_steps
    )

    told = (validation.runs, validation.first, validation.last)

    found = validated_after(validation)
    assert told == (len(found), *((found[0], found[-1]) if found else (None, None)))
