"""Tables as files have them: text, arrays and cells, before columns have a meaning."""
