"""The page: server-rendered HTML with small ES modules, in English and Chinese."""
