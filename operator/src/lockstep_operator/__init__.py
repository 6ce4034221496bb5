"""Turns rows of accounts into CopierAccounts, and CopierAccounts into terminal pods.

`sync` copies the accounts of the database to the cluster. `watch` turns kopf's events into keys of `queue`. `workers` take
the keys, and `reconcile` handles one: it observes, asks the pure `desired_state` for actions, and carries them out.
"""
