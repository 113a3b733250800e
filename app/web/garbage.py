"""How often Python looks for cycles of garbage among what the requests left behind."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 20_000
_YOUNGER_COLLECTIONS: Final = 20


def spare_lasting_objects() -> None:
    """Keep the collector of cycles away from all that is there now, and let it run less often.

    To be called when everything that lasts is loaded: modules, models, compiled kernels. By
    default the collector runs after 700 new containers, which is for every request, and follows
    the lasting objects again and again. What requests allocate is mostly freed by counting
    references; what is left is bounded by the number of new objects between two collections.

    >>> spare_lasting_objects()
    >>> gc.get_threshold()
    (20000, 20, 20)
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNGER_COLLECTIONS, _YOUNGER_COLLECTIONS)
