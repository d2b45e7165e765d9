"""The host's side: seams open and close Calls, taps copy references to bytes; nothing is parsed on the host's thread.

Capture reaches the line through one object that is handed to it at start (`hub.connect`); it imports no other room.
"""
