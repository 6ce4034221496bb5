"""What is known of brokers and their servers, and how often our terminals may log in there."""
