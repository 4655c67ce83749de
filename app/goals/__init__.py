"""Goals (mål), steps (skridt), promises (løfter) and the citizen's agreement (enig, uenig); draws /plan.

Tables: goal, goal_change, goal_response, step, step_halt, promise, promise_change.
"""
