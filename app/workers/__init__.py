"""Worker processes, and the queues before them."""
