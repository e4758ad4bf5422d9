"""Who may come in, how many at a time, and what every answer forbids."""
