"""Everything a user can set, as frozen models that explain and check themselves."""
