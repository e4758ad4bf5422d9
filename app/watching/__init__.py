"""What the service says of itself: logs, figures, readiness."""
