"""Long work that somebody waits for: what it is, how far it is, what came of it.

The record is the truth (an approved draft is `building` until it is built); a job only tells of it.
"""
