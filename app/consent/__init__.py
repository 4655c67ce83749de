"""What the citizen has said yes to (ja, samtykke), and who may act for them (værge, fuldmagt).

Tables: consent, representation, representation_scope.

Decision: what somebody who acts for a citizen may is a row for each scope; who has custody can be given the
two that the citizen has a say in by her own yes alone, which makes the row.

Decision: a yes is a row with from and to, never deleted; the plan follows it (`plan.consent_effects`).
"""
