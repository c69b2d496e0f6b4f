"""Decisions: the policy, the handoff to human desks, the state of a conversation."""
