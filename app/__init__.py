"""The faces of whale matching: HTTP and the command line."""
