"""Faults on the installed product while masters trade, judged by the broker's book."""
