"""The life cycle every citizen entry shares: kladde, delt, med i planen, lad os tale om det."""
