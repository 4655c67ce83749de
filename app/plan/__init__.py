"""The one plan (én plan), its one contact person (kontaktperson), substitute (vikar), team and revisions.

Tables: life_area, plan, plan_revision, contact_assignment, team_membership, absence, cover.

Decision: one open plan and one contact person a citizen are constraints of the database, not only code.
"""
