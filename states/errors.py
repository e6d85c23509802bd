"""The error tree: raised for broken code, data or settings, never for a refused move (that is a value, see refusals).

    CaseworkError                 everything this system raises on purpose
    ├── PolicyError               a policy file cannot be used          (states.policy_file)
    ├── CalendarError             a calendar file cannot be used        (states.half_terms)
    │   └── UnknownHalfTerm       no such half-term in the calendar     (states.half_terms)
    ├── BeyondWorkingDays         the list of working days ends first   (states.working_days)
    ├── BeforeTheLaw              an act is older than the law we hold  (states.law.regimes)
    ├── ImpossibleDates           recorded dates cannot be right        (states.clocks.values)
    ├── UnknownTrigger            no track has such a move              (states.machine)
    ├── UnknownState              a case is in a state no track has     (states.machine)
    ├── NotAFact                  a stated fact cannot be understood    (states.facts)
    ├── LetterError               a letter cannot be written            (notifications.errors)
    ├── UnreadableFile            a file given to us cannot be read     (casework.rows)
    ├── TooEarly                  a half-term has not begun yet         (casework.check)
    ├── NotFound                  no such school, letter or batch       (casework.errors)
    ├── NotInitialised            the database is missing or too old    (casework.errors)
    ├── DatabaseUnusable          the database is damaged or away       (casework.errors)
    ├── NotAttributed             no person, role or reason is given    (casework.errors)
    ├── TooFarAhead               a day more than a year ahead          (casework.errors)
    ├── PolicyNotInForce          the record is under another policy    (casework.policy_change)
    ├── CannotMigrate             a caseload cannot change policy yet   (casework.policy_change)
    └── StaleCase                 somebody else moved the case first    (casework.errors)

Each message says what happened, where, and what the reader can do about it.
"""


class CaseworkError(Exception):
    """Something a person can act on; its text is shown to that person as it stands."""
