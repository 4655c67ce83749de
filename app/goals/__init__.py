"""Dreams (drømme), goals (mål), steps (skridt), promises (løfter) and agreement; draws /plan."""
