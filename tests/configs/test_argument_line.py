import pytest

from app.configs.argument_line import parse_argument_line

PLAIN = {"--micro-batch-size": 4, "--global-batch-size": 256, "--bf16": True}

SCRIPTS = {
    "a line": "--micro-batch-size 4 --global-batch-size 256 --bf16",
    "with equals signs": "--micro-batch-size=4 --global-batch-size=256 --bf16",
    "a call": "python train.py \\\n  --micro-batch-size 4 \\\n --global-batch-size 256 \\\n --bf16",
    "lines": "--micro-batch-size 4\n--global-batch-size 256\r\n--bf16\n",
    "an array": "ARGS=(\n  --micro-batch-size 4  # small\n  --global-batch-size 256\n  --bf16\n)\n"
    'torchrun train.py "${ARGS[@]}"',
    "a short array": "ARGS=(--micro-batch-size 4 --global-batch-size 256 --bf16)",
    "a short array of values": "ARGS=( --bf16 --micro-batch-size 4 --global-batch-size 256)",
    "a variable": 'N=4\nGBS="256"\nrun --micro-batch-size $N --global-batch-size ${GBS} --bf16',
    "arguments in a variable": 'A="--micro-batch-size 4 \\\n --global-batch-size 256\n --bf16"\n'
    "run $A",
    "a variable that nothing refers to": 'A="--micro-batch-size 4 --global-batch-size 256 --bf16"',
    "a quoted command": "bash -c 'train --micro-batch-size 4 --global-batch-size 256 --bf16'",
    "another command behind it": "a --micro-batch-size 4 --bf16 --global-batch-size 256\necho done",
    "arrays one by one": "run --bf16 ${A[@]} x\nA=(--micro-batch-size 4 --global-batch-size 256)",
    "an empty word": "run '' --micro-batch-size 4 --global-batch-size 256 --bf16",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_arguments_are_found_wherever_a_script_has_them(script: str) -> None:
    assert parse_argument_line(script) == (PLAIN, [])


def test_several_values_are_a_list() -> None:
    values, _ = parse_argument_line("--data-path 0.3 a 0.7 'b c' --seed 1")

    assert values == {"--data-path": ["0.3", "a", "0.7", "b c"], "--seed": 1}


def test_a_variable_that_nobody_set_stays_as_it_is() -> None:
    values, _ = parse_argument_line("--micro-batch-size $SIZE")

    assert values == {"--micro-batch-size": "$SIZE"}


def test_a_quote_that_is_not_closed_is_told_with_its_line() -> None:
    values, faults = parse_argument_line("--a 1 \\\n--b 2\n--c 'three")

    assert values == {"--a": 1, "--b": 2, "--c": True}
    assert [fault.detail for fault in faults] == [
        "line 3: no closing quotation for what is opened here or later"
    ]


def test_arguments_that_are_given_twice_are_all_told() -> None:
    _, faults = parse_argument_line("--a 1 --b 2 --a 3 --b 4")

    assert [fault.pointer for fault in faults] == ["/--a", "/--b"]


def test_numbers_of_any_length_stay_text_where_they_are_too_long() -> None:
    values, _ = parse_argument_line(f"--a {'9' * 5000} --b -1")

    assert values == {"--a": "9" * 5000, "--b": -1}
