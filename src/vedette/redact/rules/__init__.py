"""Facts in, pack out: the generator of the rule pack.

`facts/` holds what is known of each format, with its source and licence; `forge` makes the rules out of it, all in the
same way; `lint` refuses what an engine could not run or what could not be tested. `python -m vedette.redact.rules`
writes `pack.jsonl`. Nothing of this room is imported while a host runs.
"""
