"""What is written to Postgres and read from it, and the messages between the loop and the writer."""
