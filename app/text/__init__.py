"""Text for readers: in which language, and where answers carry it."""
