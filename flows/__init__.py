"""Prefect flows: when work runs, how it is cut up, what officers see of it. No rule, no SQL, no wording."""

from flows.environment import prepare

prepare()
