"""Translates programs in the common subset of MQL5 and MQL4 to C++, token by token. Refuses everything else."""
