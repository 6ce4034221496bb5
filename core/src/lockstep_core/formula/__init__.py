"""Formulas for lots: a small language of arithmetic, parsed once, evaluated exactly. Nothing of it is ever executed."""
