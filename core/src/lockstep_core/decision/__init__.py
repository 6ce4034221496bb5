"""Which state the slave's side of a link should be brought to, or why not."""
