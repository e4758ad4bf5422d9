"""Who may call the service, how often, and by which paths."""
