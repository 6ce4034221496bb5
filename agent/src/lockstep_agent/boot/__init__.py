"""Decides what happens next in a terminal pod, without I/O: `machine.step(state, event, now) → (state, effects)`."""
