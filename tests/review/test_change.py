import pytest

from app.review.change import Change
from app.review.topics import Topic


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (100, 200, "epochs doubles: 100 -> 200"),
        (200, 100, "epochs halves: 200 -> 100"),
        (100, 150, "epochs rises: 100 -> 150"),
        (150, 100, "epochs falls: 150 -> 100"),
        (0, 7, "epochs rises: 0 -> 7"),
        ("2.5", 10, "epochs changes: 2.5 -> 10"),
        (None, 10, "epochs changes: none -> 10"),
        (False, True, "epochs changes: false -> true"),
    ],
)
def test_a_change_is_told_with_both_values(old: object, new: object, told: str) -> None:
    assert Change(field="/spec/epochs", old=old, new=new).sentence == told


def test_a_nested_field_is_dotted() -> None:
    change = Change(field="/spec/sampling/seed", old=1, new=5)

    assert change.sentence == "sampling.seed rises: 1 -> 5"
    assert change.topic is Topic.SAMPLING
