"""The way to the collector: at least once, in order, from the files alone."""
