"""Builds the project's container images and puts them into a cluster. Standard library only."""
