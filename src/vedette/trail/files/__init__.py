"""The trail on disk: its folder, who may own and read it, its keys, and reading what lies there."""
