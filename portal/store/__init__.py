"""Immutable bytes, known by their SHA-256."""
