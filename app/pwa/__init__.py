"""The app on a phone: its icon and name, its service worker, and what it says without a line. No tables."""
