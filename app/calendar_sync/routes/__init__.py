"""The pages and addresses of calendars elsewhere: feeds, and a professional's own calendar."""
