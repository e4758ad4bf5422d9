"""Tables in files: text, arrays and cells, before columns have roles."""
