"""The pages of a citizen's wishes (ønsker), a question at a time. Nobody is asked why."""
