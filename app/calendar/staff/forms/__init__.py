"""What the pages of those who help are sent. No field takes a time of day: times are shown, then chosen."""
