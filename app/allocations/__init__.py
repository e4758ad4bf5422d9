"""Allocation problems, from requests to answers."""
