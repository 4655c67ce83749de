"""Machine interfaces, on the same services as the pages."""
