"""Stand-ins for what keeps records: Loki, Elasticsearch and OpenSearch with their limits, on real sockets.

What they refuse is what the real ones refuse (measured on Loki 3.7.8 and OpenSearch 2.19.2, read for Elasticsearch 8).
"""
