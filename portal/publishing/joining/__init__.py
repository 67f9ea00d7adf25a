"""Tables joined along the keys that their datasets declare: a joined table is a table (docs/combining.md)."""
