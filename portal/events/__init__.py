"""What happened: who did what to which thing, when. Append-only; audit, feeds and reindexing all read it.

record ──▶ Event ──▶ Event ──▶ Event ◀── head     each carries the digest of the one before (chain.py)
                                                  verify_chain finds the first that was changed (verifying.py)
                                                  public_face says what of it everyone may see (public.py)
"""
