"""Files that are there whole or not at all."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from tempfile import NamedTemporaryFile

from app.cli.problem import FailedError, failure


def write_whole(path: str, content: bytes) -> None:
    """Write a file so that, whatever happens, the old one or the new one is there.

    The new one is written beside it under another name, flushed to the disk, and renamed. A link
    stays one; what is no file, such as a pipe or a device, is written to as it is.

    Raises:
        FailedError: It cannot be written; nothing is left behind.
    """
    target = target_of(path)
    if is_special(path):
        with disk_faults(path), target.open("wb") as there:
            there.write(content)
        return
    with disk_faults(path):
        mode = _mode_of(target)
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as new:
            try:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).chmod(mode)
                Path(new.name).replace(target)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(new.name).unlink()
                raise


def target_of(path: str) -> Path:
    """The file that a path means: where links lead, if it is one."""
    given = Path(path)
    return given.resolve() if given.is_symlink() else given


def is_special(path: str) -> bool:
    """Whether a path means a pipe, a device or the like, which cannot be replaced by a file.

    >>> is_special(os.devnull), is_special("/no/where")
    (True, False)

    Raises:
        FailedError: It means a folder.
    """
    with disk_faults(path):
        try:
            mode = Path(path).stat().st_mode
        except FileNotFoundError:
            return False
        if S_ISDIR(mode):
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    return not S_ISREG(mode)


@contextmanager
def disk_faults(path: str) -> Generator[None]:
    """Whatever the disk refuses, as a failure that names the file.

    >>> with disk_faults("x"):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
    ...
    app.cli.problem.FailedError: x cannot be written: No space left on device
    """
    try:
        yield
    except OSError as error:
        raise disk_failure(path, error) from error


def disk_failure(path: str, error: OSError) -> FailedError:
    """The failure to write a file."""
    message = f"{path} cannot be written: {error.strerror or error}"
    return failure(source="file", code="not-written", message=message)


def _mode_of(target: Path) -> int:
    """The permissions of the file that is there, else those that a new one gets."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
