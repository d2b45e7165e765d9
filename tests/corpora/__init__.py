"""Corpora for redaction, made by script from seeds; nothing that looks like a live key is stored.

`secrets` plants values of every format into surroundings and escapings, `misses` what only looks like one, `people`
sentences with personal data, `clean` the code and logs in which nothing may be found. `accuracy` measures.
"""
