"""Types of fields of requests: lists as arrays, whole numbers, strict models."""
