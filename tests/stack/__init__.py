"""Brings the whole product up on a cluster and uses it through its public doors: what `make up` and the end-to-end tests share."""
