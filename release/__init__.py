"""What makes a release: one version, images as archives, the chart's package, a list of what is in them, checksums."""
