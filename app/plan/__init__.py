"""The one plan (én plan), its one contact person (kontaktperson), substitute (vikar), team and revisions."""
