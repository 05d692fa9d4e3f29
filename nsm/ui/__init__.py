"""What the pages share: the chosen star, caching, safe text, tables, the error boundary."""
