"""HTTP: connections, bodies of requests, responses and errors."""
