"""RFC 6901 pointers: written, taken apart, and looked up by their nearest enclosing key."""

from collections.abc import Iterator


def below(pointer: str, key: str | int) -> str:
    """The pointer of a member.

    >>> below("/a", "b/c~d")
    '/a/b~1c~0d'
    """
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def enclosing(pointer: str) -> Iterator[str]:
    """The pointer itself, and those of all that encloses it, innermost first.

    >>> list(enclosing("/a/b"))
    ['/a/b', '/a', '']
    """
    yield pointer
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def keys(pointer: str) -> list[str]:
    """The keys of a pointer, outermost first.

    >>> keys("/a/b~1c"), keys("")
    (['a', 'b/c'], [])
    """
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
