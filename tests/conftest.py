"""How hypothesis searches: `pytest --hypothesis-profile=nightly` searches longest."""

import os

from hypothesis import settings

# no deadline: the first call of a kernel may compile it, and a shared machine has its moods
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
