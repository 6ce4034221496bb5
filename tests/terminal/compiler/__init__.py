"""MQL5 to C++, mechanically, for programs in the subset that both languages share. What it does not know it refuses."""
