"""What Lockstep keeps in Kubernetes: the CopierAccount, its names and labels, its reasons, and its CRD."""
