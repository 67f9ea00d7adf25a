"""The record: which datasets there are, which version of each the public sees, and what was said about them.

Catalog ─1:n─ Dataset ─1:1─ Draft            the one pending change, beside the public version
                 │   └─1:n─ Term             what a dataset can be found by
                 ├─ Publisher
                 └─1:n─ Version ─1:n─ Table        typed rows
                                └─1:n─ StoredFile  everything that is served, by digest
"""
