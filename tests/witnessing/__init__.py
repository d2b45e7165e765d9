"""Anchors on loopback: OpenSSL's time stamp authority, a witness and an object store that speak the protocols."""
