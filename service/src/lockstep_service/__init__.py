"""What every process of Lockstep does alike: settings, logs, probes, metrics, calls to Kubernetes.

The rooms import this package; it imports none of them. What decides about trades is in `lockstep_core`, which does no I/O.
"""
