"""Allocations from Parquet to Parquet: in memory, out of core, or across workers."""
