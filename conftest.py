"""How properties are tested everywhere: no example is too slow for a busy machine, and a failing one can be repeated."""

from hypothesis import settings

settings.register_profile("lockstep", deadline=None, print_blob=True)
settings.load_profile("lockstep")
