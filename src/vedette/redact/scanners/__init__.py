"""Stage 1: which rule's core ends where. Three engines behind one contract; stage 2 is the same code for all.

`hyper` (hyperscan over Vectorscan, all cores in a few databases), `twin` (RE2's set says which cores are there, RE2
says where), `plain` (the standard library, gated by keywords). The best that imports is used, chosen when the room is
first used and never asked again; a failed import means the next engine, never a failed start.
"""

from vedette.redact.scanners.contract import GATES, Busy, Hit, Scanner, TooDense

__all__ = ["GATES", "Busy", "Hit", "Scanner", "TooDense"]
