"""What the citizen has said yes to (ja, samtykke), and who may act for them (værge, fuldmagt).

Tables: consent, representation.

Decision: a yes is a row with from and to, never deleted; the plan follows it (`plan.consent_effects`).
"""
