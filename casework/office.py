"""One installation put together: the only place that picks settings, database, policy, calendar and the clock."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from weakref import finalize

from sqlalchemy import Engine

from casework.database import open_initialised
from casework.dispatch import PostRoom
from casework.policy_change import require_in_force
from casework.record import Stamp
from casework.seals import Seal, seal
from casework.settings import Settings, settings_from
from casework.timeline import LONDON
from casework.ways import post_room
from notifications.pdf import Typesetter
from notifications.values import printable
from notifications.wording import Wording
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy, load_policy
from states.working_days import load_working_days


class Office:
    """What a command or a flow works with; each part is opened when it is first used.

    Keep it as long as any part of it: its engine lets go of its connections when the office goes.
    """

    @cached_property
    def settings(self) -> Settings:
        return settings_from(os.environ)

    @cached_property
    def engine(self) -> Engine:
        engine = open_initialised(self.settings.database_url)
        finalize(self, engine.dispose)  # no connection outlives the office
        return engine

    @cached_property
    def policy(self) -> Policy:
        """The policy of the settings; whoever works under one that is only a base is told so, once."""
        policy = load_policy(self.settings.policy)
        warn_of_base(policy)
        return policy

    @cached_property
    def calendar(self) -> SchoolCalendar:
        return load_calendar()

    @cached_property
    def calendars(self) -> Calendars:
        return Calendars(load_working_days(), self.calendar)

    @cached_property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.settings.templates_dir)

    @cached_property
    def typesetter(self) -> Typesetter:
        return Typesetter(self.settings.templates_dir)

    @cached_property
    def post_room(self) -> PostRoom:
        return post_room(self.settings, self.wording, self.typesetter)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(LONDON).date()

    @contextmanager
    def sealed(self, work: str) -> Iterator[Callable[[], str]]:
        """Seal what is recorded meanwhile, whether or not the work comes to its end; gives the words for its report."""
        made: list[Seal] = []
        try:
            yield lambda: "".join(one.sentence for one in made)
        finally:
            made += filter(None, [seal(self.engine, self.settings.seals_file, printable(work), self.now)])

    def stamp(self, by: str, role: str, on: date | None) -> Stamp:
        """`on` is the day that the work counts for: today, if nobody says otherwise. Raises PolicyNotInForce."""
        require_in_force(self.engine, self.policy)
        return Stamp(actor=by, role=role, on=on or self.today, now=self.now, policy=self.policy)


def warn_of_base(policy: Policy) -> None:
    """Say on standard error which names the policy leaves to a council's own file; nothing when it leaves none."""
    if keys := policy.names_to_give:
        sys.stderr.write(
            f"Warning: the policy {policy.name} does not say whose it is: {', '.join(keys)} still say “Your …”, and "
            "letters would go out so. Give them in a policy file of your own (demo/fenshire.toml shows the form), and "
            "set CASEWORK_POLICY to it.\n"
        )
