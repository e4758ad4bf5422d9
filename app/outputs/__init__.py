"""Where the answers of commands go, and the formats that they are written in."""
