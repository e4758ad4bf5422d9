"""Candidates and results as Parquet files."""
