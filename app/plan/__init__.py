"""The one plan (én plan), its one contact person (kontaktperson), substitute (vikar), team and revisions.

Tables: life_area, plan, plan_revision, contact_assignment, team_membership, plan_access, absence, cover,
contact_handover, plan_look, caseload_filter.

Decision: one open plan and one contact person a citizen are constraints of the database, not only code.
Decision: how much of the plan a professional sees is said of the person, not of a membership, because a no
must outlast one. Cost: who helps in two areas is let see both, or neither.
"""
