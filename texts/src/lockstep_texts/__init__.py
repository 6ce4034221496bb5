"""What Lockstep says to people, in every language. The catalogues are the JSON files beside this module."""
