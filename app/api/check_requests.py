"""Reads what is to be checked, and against what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from typing import Final, cast

from pydantic import ValidationError

from app.api.member_faults import member, member_faults
from app.api.nested_specs import plan_by_id, unknown_member
from app.api.review_schema import PolicyIn
from app.arithmetic.finding import FINDING_CODES
from app.errors import Fault, InvalidCheckError, InvalidSpecError
from app.pointers import below
from app.review.check import Lock, Yardstick
from app.review.lock import LOCK_VERSION
from app.review.policy import Policy
from app.review.topics import Topic

_MEMBERS: Final = ("spec", "lock", "policy", "allow")
_ALLOWED_TOPICS: Final = f"a list of {', '.join(Topic)}"


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A spec as it was given, and what it is held against."""

    spec: Mapping[str, object]
    yardstick: Yardstick


def read_check(body: Mapping[str, object]) -> CheckRequest:
    """The whole request; a spec with faults is no fault of the request.

    Raises:
        InvalidCheckError: With every fault of everything but the spec.
    """
    faults = [unknown_member(name, _MEMBERS) for name in body if name not in _MEMBERS]
    spec = _spec(body, faults)
    yardstick = Yardstick(
        policy=_policy(member(body, "policy"), faults),
        lock=_lock(member(body, "lock"), faults),
        allowed=_topics(body.get("allow"), faults),
    )
    if faults:
        raise InvalidCheckError(faults)
    return CheckRequest(spec, yardstick)


def _spec(body: Mapping[str, object], faults: list[Fault]) -> Mapping[str, object]:
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
    return {}


def _policy(given: Mapping[str, object] | Fault | None, faults: list[Fault]) -> Policy:
    if isinstance(given, Fault):
        faults.append(given)
        return Policy()
    try:
        read = PolicyIn.model_validate(given or {})
    except ValidationError as refusal:
        faults += member_faults(refusal, PolicyIn, "/policy")
        return Policy()
    faults += [_unknown_code(code) for code in read.findings if code not in FINDING_CODES]
    fields = {name: getattr(read, name) for name in PolicyIn.model_fields}
    for name in ("max_dropped_fraction", "min_coverage"):
        fields[name] = None if fields[name] is None else Fraction(fields[name])
    return Policy(**fields)


def _unknown_code(code: str) -> Fault:
    return Fault(
        code="unknown-finding",
        pointer=below("/policy/findings", code),
        detail="no schedule has a finding of this code",
        given=code,
        allowed=f"one of {', '.join(sorted(FINDING_CODES))}",
        nearest=tuple(get_close_matches(code[:60], FINDING_CODES, n=1)),
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
    listed = cast("list[object]", given) if isinstance(given, list) else [given]
    unknown = [
        _unknown_topic(number, topic)
        for number, topic in enumerate(listed)
        if topic not in tuple(Topic)
    ]
    if not isinstance(given, list):
        unknown = [replace(_unknown_topic(0, given), pointer="/allow")]
    faults += unknown
    return frozenset() if unknown else frozenset(map(Topic, cast("list[str]", listed)))


def _unknown_topic(number: int, topic: object) -> Fault:
    text = topic[:60] if isinstance(topic, str) else ""
    return Fault(
        code="unknown-topic",
        pointer=f"/allow/{number}",
        detail=f"allow is {_ALLOWED_TOPICS}",
        given=topic,
        allowed=_ALLOWED_TOPICS,
        nearest=tuple(get_close_matches(text, tuple(Topic), n=1)),
    )
