"""Sådan går det: the citizen's own answers, private until shown; the contact person never scores them."""
