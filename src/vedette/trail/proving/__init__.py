"""The verifier: evidence from anywhere, weighed, and said in verdicts."""
