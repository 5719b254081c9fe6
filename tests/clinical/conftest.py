"""Property tests run without a time limit: a busy machine is no reason to fail."""

from hypothesis import settings

settings.register_profile("clinical", deadline=None, database=None)
settings.load_profile("clinical")
