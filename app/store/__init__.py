"""Storing: sessions and commits, column types, prepared reads, idempotency keys, which key and file it is.

Tables: stored_answer (what was answered to an idempotency key), key_fingerprint.
"""
