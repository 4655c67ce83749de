"""What the citizen has said yes to (ja), and who may act for the citizen (værge, fuldmagt)."""
