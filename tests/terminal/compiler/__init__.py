"""Translates MQL5 and MQL4 to C++, token by token, for programs in the subset of both languages. Refuses everything else."""
