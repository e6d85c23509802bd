"""The error tree: raised for broken code, data or settings, never for a refused move (that is a value, see refusals).

    CaseworkError                 everything this system raises on purpose
    ├── PolicyError               a policy file cannot be used          (states.policy_file)
    ├── CalendarError             a calendar file cannot be used        (states.half_terms)
    │   ├── UnknownHalfTerm       no such half-term in the calendar     (states.half_terms)
    │   └── UnknownSchoolYear     no such school year in the calendar   (states.half_terms)
    ├── BeyondWorkingDays         the list of working days ends first   (states.working_days)
    ├── BeforeTheLaw              an act is older than the law we hold  (states.law.regimes)
    ├── ImpossibleDates           recorded dates cannot be right        (states.clocks.values)
    ├── UnknownTrigger            no track has such a move              (states.machine)
    ├── UnknownState              a case is in a state no track has     (states.machine)
    ├── NotAFact                  a stated fact cannot be understood    (states.facts)
    ├── LetterError               a letter cannot be written            (notifications.errors)
    ├── ChannelDown               a channel cannot be reached           (notifications.channels)
    ├── BadSetting                a channel's setting is wrong          (casework.ways)
    ├── AnotherTurn               the same work is under way elsewhere  (casework.turns)
    ├── UnreadableFile            a file given to us cannot be read     (casework.rows)
    ├── FormRefused               a letter's form has faults            (casework.letter_forms)
    ├── NotACircular              a form of a letter for one school     (casework.circular)
    ├── BatchChanged              letters changed since their review    (casework.letters)
    ├── AlreadyDrafted            a letter is there for an occasion     (casework.occasions)
    ├── TooEarly                  a half-term has not begun yet         (casework.check)
    ├── NotAPeriod                no days that can be reported on       (casework.committee)
    ├── NotItsTime                not the time for a year's letters     (casework.classification)
    ├── NotFound                  no such school, letter or batch       (casework.errors)
    ├── NotInitialised            the database is missing or too old    (casework.errors)
    ├── DatabaseUnusable          the database is damaged or away       (casework.errors)
    │   └── Contended             another writer was in the way         (casework.errors)
    ├── CutShort                  a share of the work was ended         (casework.errors)
    ├── SealsBroken               the file of seals cannot be read      (casework.seals)
    ├── NoBackup                  a backup was not made                 (casework.backup)
    ├── NotRestored               a backup was not put back             (casework.backup)
    ├── NotKept                   contact data cannot go or be held     (casework.retention)
    ├── NotTakenIn                an exported record is refused         (casework.exchange)
    ├── NotAnOfficer              an officer cannot be made or changed  (casework.officers)
    ├── OfficersRequired          the console would be open to anybody  (casework.gate.hosts)
    ├── NotServing                the console could not be started      (flows.serve)
    ├── NothingUsable             not a row of a file could be used     (flows.intake)
    ├── NotStorable               the database cannot keep a value      (casework.errors)
    ├── NotAttributed             no person, role or reason is given    (casework.errors)
    ├── TooFarAhead               a day more than a year ahead          (casework.errors)
    ├── PolicyNotInForce          the record is under another policy    (casework.policy_change)
    ├── NotAnEvent                what was typed names no event         (casework.timeline)
    ├── CannotCorrect             an event cannot be put right so       (casework.corrections)
    ├── CannotMigrate             a caseload cannot change policy yet   (casework.policy_change)
    └── StaleCase                 somebody else moved the case first    (casework.errors)

Each message says what happened, where, and what the reader can do about it.
"""


class CaseworkError(Exception):
    """Something a person can act on; its text is shown to that person as it stands."""
