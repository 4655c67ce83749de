"""The pages about meetings (Kalender): the citizen's here, those of whoever helps in `staff`. No tables."""
