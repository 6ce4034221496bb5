"""Opens sealed broker credentials for exactly the pod that may have them.

`grant` decides, `sealing` and `tickets` do the cryptography, `cluster` asks Kubernetes, `exchange` joins them and `api`
serves it over HTTPS. Passwords exist here only inside `sealing.reseal`.
"""
