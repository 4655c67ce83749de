"""The demo municipality, its people, its data and its one-tap login."""
