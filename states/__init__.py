"""The rules: tables of states, guards, policy and calendars. Pure: no clock, no database, no session."""
