"""Sends what the outbox holds: mails to people, webhooks to their programs."""
