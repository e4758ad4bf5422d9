"""Refusals: their sentences, and how HTTP has them."""
