"""Datenwerkstatt: an open data portal that starts with one command."""

__version__ = "0.1.0"
