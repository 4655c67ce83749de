"""Machine interfaces (for fagsystemer), on the same services as the pages. Owns no tables."""
