"""What people do with a dataset before the public sees it: drafts, deliveries, decisions, submission.

    start or open ──▶ edit, deliver, decide ──▶ compare, preview ──▶ submit ──▶ approve ──▶ (publishing.release)

Every service asks for permission in its first line; nothing here reaches the public but through a release.
"""
