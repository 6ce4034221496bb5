"""What the bridge must do in any terminal on a hedging demo account: checks at the wire."""
