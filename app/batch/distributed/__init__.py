"""Allocations shared by the workers of a Dask cluster."""
