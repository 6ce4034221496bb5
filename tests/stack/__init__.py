"""The whole product on a cluster, used through its public doors: what `make up` and the end-to-end tests share."""
