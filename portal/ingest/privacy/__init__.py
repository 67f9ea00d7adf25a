"""The scan for personal data: it asks, it does not decide.

numbers.py   numbers with check digits: bank, tax, insurance, identity cards, credit cards
names.py     names of persons in any of the ways they are written
traces.py    mail and IP addresses, telephone numbers, number plates
cells.py     what one cell holds, and how sure that is
columns.py   what only a whole column or table tells: dates of birth, addresses, split names, small groups
scanning.py  one pass over a typed table
"""

from portal.ingest.privacy.hits import KINDS, PersonalHit
from portal.ingest.privacy.scanning import MAX_HITS, hit_rows, key_text, scan

__all__ = ["KINDS", "MAX_HITS", "PersonalHit", "hit_rows", "key_text", "scan"]
