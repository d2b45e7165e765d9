"""The trail proved the way storage engines are: short in CI, long by `make torture`, each printing its counts."""
