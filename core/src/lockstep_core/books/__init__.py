"""What an account holds, as its terminal reports it."""
