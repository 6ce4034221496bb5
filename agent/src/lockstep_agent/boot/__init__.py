"""What happens next in a terminal pod, decided without I/O: `machine.step(state, event, now) → (state, effects)`."""
