"""What happened: who did what to which thing, when. Append-only; audit, feeds and reindexing all read it."""
