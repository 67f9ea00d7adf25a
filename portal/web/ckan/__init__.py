"""CKAN's Action API: for the clients that exist. CKAN's words (package, resource, organization) live here only.

door.py asking.py sent.py                           addresses, envelope, errors; whose token it is; the file that comes along
actions.py calls.py arguments.py                    which action is which function, and what it is given
catalogue.py                                        what is published, ready to be searched
package_object.py packages.py drafts.py extras.py   a dataset, public or a draft, as a package
datasets.py groups.py site.py query.py search.py    reading: packages, organizations, the portal, Solr's query text
incoming.py package_edits.py *_writers.py           writing: what a package says, and the draft that comes to say it
finishing.py                                        released at once, or what is missing
datastore.py selecting.py filtering.py cells.py     tables, by the row query
dump.py sql.py                                      the same as a file; tables by SQL
row_merging.py datastore_fields.py                  rows and columns that come in
"""
