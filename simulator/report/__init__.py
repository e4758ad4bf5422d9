"""What a study shows: summary, verdict, findings, search and verification."""
