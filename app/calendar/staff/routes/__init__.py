"""The pages about meetings of those who help: propose, settle, edit, end a series, what must be settled."""
