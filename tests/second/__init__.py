"""A second verifier in another language, and the vectors on which both must agree."""
