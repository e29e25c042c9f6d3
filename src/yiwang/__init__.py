"""Yiwang 一网: an open-source city operating system for digital government."""

__version__ = "0.1.0"
