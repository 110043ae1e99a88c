"""Datasets and their splits."""
