"""Reads what is to be checked, and against what."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Final, cast

from pydantic import ValidationError

from app.api.member_faults import member, member_faults
from app.api.nested_specs import as_members, plan_by_id
from app.api.review_schema import PolicyIn
from app.api.specs import read_spec
from app.api.unknown_fields import unknown_fields
from app.arithmetic.finding import FINDING_CODES
from app.errors import Fault, InvalidSpecError
from app.plan.planner import Plan, plan_draft
from app.pointers import below
from app.review.check import Lock, Yardstick
from app.review.lock import LOCK_VERSION
from app.review.policy import Policy
from app.review.topics import Topic

_MEMBERS: Final = ("spec", "lock", "policy", "allow")
_ALLOWED_TOPICS: Final = f"a list of {', '.join(Topic)}"
_LONGEST_COMPARED: Final = 60
_MOST_GUESSES: Final = 32
"""Unknown names for which the most similar known one is looked up, which is slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What is to be checked, and against what.

    Attributes:
        plan: The plan of the spec; None where it cannot be planned.
        spec_faults: Why it cannot be planned, with pointers into the spec.
        yardstick: What it is held against, without what has no legal form.
        faults: Why the request is refused: every fault of everything but the spec.
    """

    plan: Plan | None
    spec_faults: tuple[Fault, ...]
    yardstick: Yardstick
    faults: tuple[Fault, ...]

    @property
    def all_faults(self) -> tuple[Fault, ...]:
        """Every fault of the request and of the spec, with pointers into the request."""
        spec_faults = (replace(each, pointer=f"/spec{each.pointer}") for each in self.spec_faults)
        return (*self.faults, *spec_faults)


def read_check(body: Mapping[str, object]) -> CheckRequest:
    """The whole request; a spec with faults is no fault of the request.

    >>> asked = read_check({"spec": {"dataset_size": 0, "steps": 1}, "allow": ["everything"]})
    >>> [each.pointer for each in asked.all_faults]
    ['/allow/0', '/spec/dataset_size', '/spec/global_batch_size']
    """
    faults = [*unknown_fields(body, _MEMBERS)]
    plan, spec_faults = _planned(_spec(body, faults))
    yardstick = Yardstick(
        policy=_policy(member(body, "policy"), faults),
        lock=_lock(member(body, "lock"), faults),
        allowed=_topics(body.get("allow"), faults),
    )
    return CheckRequest(
        plan=plan, spec_faults=spec_faults, yardstick=yardstick, faults=tuple(faults)
    )


def _spec(body: Mapping[str, object], faults: list[Fault]) -> Mapping[str, object] | None:
    given = body.get("spec")
    if isinstance(given, dict):
        return cast("dict[str, object]", given)
    faults.append(
        Fault(
            code="not-an-object",
            pointer="/spec",
            detail="spec is a training spec, a JSON object",
            given=given,
            allowed="a training spec",
        )
    )
    return None


def _planned(fields: Mapping[str, object] | None) -> tuple[Plan | None, tuple[Fault, ...]]:
    if fields is None:
        return None, ()
    draft, faults = read_spec(fields)
    try:
        return plan_draft(draft, known_faults=faults), ()
    except InvalidSpecError as refusal:
        return None, refusal.faults


def _policy(given: Mapping[str, object] | Fault | None, faults: list[Fault]) -> Policy:
    if isinstance(given, Fault):
        faults.append(given)
        return Policy()
    fields = given or {}
    faults += _unknown_codes(fields.get("findings"))
    try:
        read = PolicyIn.model_validate(fields)
    except ValidationError as refusal:
        faults += member_faults(refusal, PolicyIn, "/policy")
        return Policy()
    rules = {name: getattr(read, name) for name in PolicyIn.model_fields}
    for name in ("max_dropped_fraction", "min_coverage"):
        rules[name] = None if rules[name] is None else Fraction(rules[name])
    return Policy(**rules)


def _unknown_codes(findings: object) -> Iterator[Fault]:
    unknown = (code for code in as_members(findings) if code not in FINDING_CODES)
    for number, code in enumerate(unknown):
        yield Fault(
            code="unknown-finding",
            pointer=below("/policy/findings", code),
            detail="no schedule has a finding of this code",
            given=code,
            allowed=f"one of {', '.join(sorted(FINDING_CODES))}",
            nearest=_nearest(code, FINDING_CODES, guess=number < _MOST_GUESSES),
        )


def _lock(given: Mapping[str, object] | Fault | None, faults: list[Fault]) -> Lock | None:
    if given is None:
        return None
    if isinstance(given, Fault):
        faults.append(given)
        return None
    version = given.get("lock_version")
    if type(version) is not int or version != LOCK_VERSION:
        faults.append(_unknown_version(version))
        return None
    try:
        return Lock(plan=plan_by_id(given.get("plan_id"), "/lock/plan_id"), document=given)
    except InvalidSpecError as refusal:
        faults += refusal.faults
        return None


def _unknown_version(given: object) -> Fault:
    return Fault(
        code="lock-version-unknown",
        pointer="/lock/lock_version",
        detail=f"this service reads locks of version {LOCK_VERSION}",
        given=given,
        allowed=str(LOCK_VERSION),
        nearest=(LOCK_VERSION,),
    )


def _topics(given: object, faults: list[Fault]) -> frozenset[Topic]:
    if given is None:
        return frozenset()
    if not isinstance(given, list):
        faults.append(_unknown_topic("/allow", given, guess=True))
        return frozenset()
    listed = cast("list[object]", given)
    unknown = [place for place, topic in enumerate(listed) if topic not in tuple(Topic)]
    faults += [
        _unknown_topic(f"/allow/{place}", listed[place], guess=number < _MOST_GUESSES)
        for number, place in enumerate(unknown)
    ]
    return frozenset() if unknown else frozenset(map(Topic, cast("list[str]", listed)))


def _unknown_topic(pointer: str, topic: object, *, guess: bool) -> Fault:
    return Fault(
        code="unknown-topic",
        pointer=pointer,
        detail=f"allow is {_ALLOWED_TOPICS}",
        given=topic,
        allowed=_ALLOWED_TOPICS,
        nearest=_nearest(topic, tuple(Topic), guess=guess),
    )


def _nearest(given: object, known: Collection[str], *, guess: bool) -> tuple[str, ...]:
    if not guess or not isinstance(given, str):
        return ()
    return tuple(get_close_matches(given[:_LONGEST_COMPARED], known, n=1))
