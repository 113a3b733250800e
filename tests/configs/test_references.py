from app.configs.references import with_references


def test_references_are_followed_to_their_end() -> None:
    values = {"a": "${b.c}", "b": {"c": "${d}"}, "d": 7}

    assert with_references(values, ())["a"] == 7


def test_members_of_sections_are_filled_in_as_well() -> None:
    values = {"loader": {"seed": "${seed}"}, "other": {"seed": "${seed}"}, "seed": 7}

    filled = with_references(values, ("loader",))

    assert filled["loader"] == {"seed": 7}
    assert filled["other"] == {"seed": "${seed}"}


def test_a_reference_to_nothing_stays_as_it_is() -> None:
    assert with_references({"a": "${b.c}", "b": 1}, ())["a"] == "${b.c}"


def test_a_circle_stays_as_it_is() -> None:
    assert with_references({"a": "${b}", "b": "${a}"}, ())["a"] == "${b}"
