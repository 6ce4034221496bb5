"""The keyring against a real cluster: real TokenReviews of real pods."""
