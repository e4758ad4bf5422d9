"""A policy played through the rounds of a world, and what is measured of it."""
