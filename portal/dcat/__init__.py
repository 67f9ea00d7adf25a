"""A dataset in the words of DCAT-AP.de 3.0: values in, graphs and documents out; no database, no network."""
