"""What brokers say of symbols, prices and money."""
