"""The pages of those who help, across citizens: see each module."""
