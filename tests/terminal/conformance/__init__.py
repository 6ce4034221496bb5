"""What the bridge must do in any terminal: checks at the wire, for a terminal that is connected to a hedging demo account."""
