"""Rows become CopierAccounts, CopierAccounts become terminal pods.

`sync` copies the database's accounts to the cluster, `watch` turns kopf's events into keys of `queue`, `reconcile` works
one key off: it observes, asks the pure `desired_state` what to do, and does it.
"""
