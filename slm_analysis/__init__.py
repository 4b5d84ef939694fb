"""A continuous-improvement kit for service level management."""
