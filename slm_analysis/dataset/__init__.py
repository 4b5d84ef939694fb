"""Prepares checked, scored data and opens it for one business unit."""
