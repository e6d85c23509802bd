"""One installation put together: the only place that picks settings, database, policy, calendar and the clock."""

import os
from datetime import UTC, date, datetime
from functools import cached_property

from sqlalchemy import Engine

from casework.database import open_initialised
from casework.policy_change import require_in_force
from casework.record import Stamp
from casework.settings import Settings, settings_from
from notifications.pdf import Typesetter
from notifications.wording import Wording
from states.clocks import Calendars
from states.half_terms import SchoolCalendar, load_calendar
from states.policy import Policy, load_policy
from states.working_days import load_working_days


class Office:
    """What a command or a flow works with; each part is opened when it is first used."""

    @cached_property
    def settings(self) -> Settings:
        return settings_from(os.environ)

    @cached_property
    def engine(self) -> Engine:
        return open_initialised(self.settings.database_url)

    @cached_property
    def policy(self) -> Policy:
        return load_policy(self.settings.policy)

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
    def today(self) -> date:
        return self.now.astimezone().date()

    def stamp(self, by: str, role: str, on: date | None) -> Stamp:
        """`on` is the day that the work counts for: today, if nobody says otherwise. Raises PolicyNotInForce."""
        require_in_force(self.engine, self.policy)
        return Stamp(actor=by, role=role, on=on or self.today, now=self.now, policy=self.policy)
