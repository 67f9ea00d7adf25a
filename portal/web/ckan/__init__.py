"""CKAN's Action API: for the clients that exist. CKAN's words (package, resource, organization) live here only.

door.py          addresses, envelope, errors        arguments.py   what a call brings along
actions.py       which action is which function     catalogue.py   what is published, ready to be searched
packages.py resources.py groups.py site.py          datasets, files, publishers, themes, the portal
query.py search.py                                  Solr's query text, package_search
datastore.py rows.py dump.py sql.py                 tables
"""
