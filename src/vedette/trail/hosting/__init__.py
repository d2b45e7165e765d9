"""The host log and its keeper: what bounds what can be cut off unseen; and what is shown to anchors."""
