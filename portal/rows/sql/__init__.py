"""Free read-only SQL over published tables: written by strangers, so read and carried out in processes of their own.

statement.py    one SELECT read into tokens: which tables it names, what it may not hold, where in it something is wrong
tables.py       how a published table looks to SQL, and what the values of its columns mean
refusals.py     what was refused, said with its place
pool.py         the processes: who gets one, who waits, which are kept
process.py      one of them, seen from here: started, asked under a deadline, killed
  child.py      what runs in such a process: asks, answers, nothing else
  confined.py   what the system takes from it: files, memory, time, network
  sandbox.py    what SQLite takes from a statement: tables, functions, sizes
  written.py    values as JSON and CSV
  framing.py    where a message ends

The lower five run in the child and import nothing but the standard library (docs/adr/0026).
"""
