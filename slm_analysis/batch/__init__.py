"""Runs notebooks for many business units and publishes their pages."""
