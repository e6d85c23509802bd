"""The conditions that the tables name, a module for each track; what several tracks ask for is in general.

Each looks at the facts and returns None, or the refusal in an officer's words. A guard has no side effect, reads no
clock, and says in its refusal what would satisfy it.
"""
