"""What is drawn and kept in memory between two requests: finished pages and fragments of them."""
