"""Meetings from the other side of the desk: those who help propose, settle, move and cancel them."""
