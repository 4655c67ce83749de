"""Goals (mål), steps (skridt), promises (løfter) and the citizen's agreement (enig, uenig); draws /plan.

Tables: goal, goal_response, step, promise.
"""
