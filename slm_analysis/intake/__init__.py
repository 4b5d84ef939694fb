"""Reads exports into the tables of the data contract."""
