"""Concorda: build a partnership and keep it healthy."""

__version__ = "0.1.0"
