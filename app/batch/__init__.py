"""Allocations from Parquet to Parquet, of as many users as one machine holds, or more."""
