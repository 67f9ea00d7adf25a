"""Who acts, and what they may do.

password ──log_in──▶ User ──Membership──▶ roles per publisher ──▶ Actor ──require(action, publisher)──▶ done or refused
secret ──actor_of──▶ Token (narrows its owner's roles) ────────────▲

There is one table of permissions (permissions.py); services ask it in their first line, doors never.
"""
