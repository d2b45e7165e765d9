"""The format of the trail: records, hashes, notes and frames (docs/trail-format.md). Reads and writes no file."""
