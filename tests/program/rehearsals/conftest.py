from tests.support.rehearsing import rehearsal_database

__all__ = ["rehearsal_database"]
