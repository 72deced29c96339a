"""A live side that was written down: its catalog, its sizes, and answers to the usual questions about its rows.

    text = dumps(taken(live, name="app"))         # where the database can be reached
    loads(text, "live.json").answer(probes)       # where it cannot

There is no value of any row in it, no password, no host and no role: names, definitions and counts.
"""
