"""How many ranks see different samples, of all that are launched."""

from collections.abc import Sequence

from app.configs.ledger import Ledger


def put_ranks(
    ledger: Ledger, world_size: int | None, *, model_ranks: int = 1, keys: Sequence[str] = ()
) -> int | None:
    """Sets data_parallel_size, or notes why there is none.

    >>> ledger = Ledger({})
    >>> put_ranks(ledger, 16, model_ranks=4), ledger.spec
    (4, {'data_parallel_size': 4})

    Args:
        ledger: Where to set it.
        world_size: Ranks that are launched; None where nobody said.
        model_ranks: Ranks that share one replica of the model.
        keys: Keys of the config that say so.

    Returns:
        The data-parallel ranks; None where they are not known.
    """
    if world_size is None:
        ledger.need(
            "world-size-needed",
            "the config does not say how many ranks are launched",
            allowed="a world size",
        )
        return None
    if world_size < 1 or world_size % model_ranks:
        ledger.need(
            "world-size-does-not-fit",
            f"{world_size} ranks are no multiple of the {model_ranks} that share a replica of the "
            "model",
            allowed=f"a world size of {model_ranks}, or a multiple of it",
        )
        return None
    ranks = world_size // model_ranks
    ledger.put("data_parallel_size", ranks)
    for key in keys:
        ledger.put("data_parallel_size", ranks, key)
    return ranks
