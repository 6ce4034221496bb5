"""Opens a sealed broker password for exactly the pod that may have it, and signs tickets for the router.

`grant` decides, `sealing` and `tickets` do the cryptography, and `cluster` asks Kubernetes. `exchange` combines them, and
`api` serves the result over HTTPS. A password is in the clear only inside `sealing.reseal`.
"""
