"""Who may ask what of Prefect's server: one table, and whatever is not in it is refused to people.

It was drawn up from all routes of prefect 3.8.8 (tests/flows/test_gate_routes.py holds it against them). What Prefect's
own programs do (create and change flows, runs, logs, blocks, workers) is left to the service, for nobody could be named
for it: Prefect records no person.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from casework.tables import May


class Act(StrEnum):
    """What the gate does with a request that it lets through."""

    LET_THROUGH = "let through"
    START = "start"
    CANCEL = "cancel"
    ANSWER = "answer"


@dataclass(frozen=True)
class Rule:
    """One kind of request: whose it is, and what is done with it."""

    method: str
    pattern: str
    may: May
    act: Act = Act.LET_THROUGH
    what: str = "look at this"

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern.replace("{id}", _UUID))

    def fits(self, method: str, path: str) -> bool:
        return method == self.method and self._compiled.fullmatch(path) is not None


_UUID = r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_PART = r"[^/]+"

# The pages and pictures of the UI itself: everything outside the API, to be fetched only.
UI = Rule("GET", r"/(?!api(?:/|$)).*", May.READER)

RULES = (
    UI,
    Rule("GET", r"/api/(health|ready|hello|version|csrf-token|admin/(settings|storage|version))", May.READER),
    Rule("GET", rf"/api/flows/(name/{_PART}|{{id}})", May.READER),
    Rule("GET", rf"/api/flow_runs/{{id}}(/(graph|graph-v2|logs/download|input/{_PART}))?", May.READER),
    Rule("GET", r"/api/(task_runs|ui/task_runs|flow_run_states|task_run_states)/{id}", May.READER),
    Rule("GET", r"/api/(flow_run_states|task_run_states|block_capabilities)/", May.READER),
    Rule("GET", rf"/api/deployments/(name/{_PART}/{_PART}|{{id}}(/(schedules|work_queue_check))?)", May.READER),
    Rule("GET", rf"/api/artifacts/({{id}}|{_PART}/latest)", May.READER),
    Rule("GET", rf"/api/variables/({{id}}|name/{_PART})", May.READER),
    Rule("GET", rf"/api/automations/({{id}}|related-to/{_PART})", May.READER),
    Rule("GET", r"/api/saved_searches/{id}", May.READER),
    Rule("GET", rf"/api/work_pools/{_PART}(/queues/{_PART})?", May.READER),
    Rule("GET", rf"/api/work_queues/({{id}}(/status)?|name/{_PART})", May.READER),
    Rule("GET", rf"/api/concurrency_limits/({{id}}|tag/{_PART})", May.READER),
    Rule("GET", rf"/api/v2/concurrency_limits/{_PART}", May.READER),
    Rule("GET", rf"/api/block_types/({{id}}|slug/{_PART})", May.READER),  # never a block's own data
    Rule("GET", rf"/api/block_schemas/({{id}}|checksum/{_PART})", May.READER),
    Rule("GET", r"/api/events/filter/next", May.READER),
    # Reading that Prefect does by POST, because the question is long.
    Rule("POST", r"/api/(flows|flow_runs|task_runs|deployments)/(filter|count|paginate)", May.READER),
    Rule("POST", r"/api/(flow_runs|task_runs|ui/flow_runs)/history", May.READER),
    Rule("POST", r"/api/flow_runs/(lateness|{id}/input/filter)", May.READER),
    Rule("POST", r"/api/artifacts/(latest/)?(filter|count)", May.READER),
    Rule("POST", r"/api/(variables|automations|work_pools)/(filter|count)", May.READER),
    Rule("POST", r"/api/block_documents/count", May.READER),
    Rule("POST", r"/api/(logs|events|saved_searches|concurrency_limits|v2/concurrency_limits)/filter", May.READER),
    Rule("POST", r"/api/(block_types|block_schemas|work_queues|task_workers)/filter", May.READER),
    Rule("POST", rf"/api/work_pools/{_PART}/(queues|workers)/filter", May.READER),
    Rule("POST", rf"/api/work_pools/{_PART}/concurrency_status", May.READER),
    Rule("POST", r"/api/work_queues/{id}/concurrency_status", May.READER),
    Rule("POST", rf"/api/events/count-by/{_PART}", May.READER),
    Rule("POST", r"/api/ui/flows/(count-deployments|next-runs)", May.READER),
    Rule("POST", r"/api/ui/flow_runs/count-task-runs", May.READER),
    Rule("POST", r"/api/ui/task_runs/(count|dashboard/counts)", May.READER),
    Rule("POST", r"/api/ui/schemas/validate", May.READER),
    # What people do here. Everything else changes something in nobody's name.
    Rule("POST", r"/api/deployments/{id}/create_flow_run", May.OFFICER, Act.START, "start a run"),
    Rule("POST", r"/api/flow_runs/{id}/set_state", May.OFFICER, Act.CANCEL, "cancel a run"),
    Rule("POST", r"/api/flow_runs/{id}/resume", May.SIGNATORY, Act.ANSWER, "answer an approval"),
)

# Live logs and events to look at. What comes in by a websocket is the service's alone: nobody could be named for it.
SOCKETS = ("/api/events/out", "/api/logs/out")

NOT_HERE = (
    "This cannot be done here, because nobody could be named for it afterwards. Start a run, cancel one or answer an "
    "approval; anything else is done on the machine itself, by whoever looks after it."
)

NOT_SHOWN = "This is not shown here, because it may hold passwords or lead elsewhere."

# Paths that two programs could read in two ways are none: the table speaks of what the inner server will see.
_PLAIN = re.compile(r"(?:/[^/%\\;\x00-\x1f\x7f]*)+")


def is_plain(path: str) -> bool:
    """No doubled slash, no dots that lead upwards, no backslash, no escape within an escape."""
    parts = path.split("/")[1:]
    return bool(_PLAIN.fullmatch(path)) and "" not in parts[:-1] and not {".", ".."} & set(parts)


def rule_for(method: str, path: str) -> Rule | None:
    """HEAD asks what GET asks."""
    asked = "GET" if method == "HEAD" else method
    return next((rule for rule in RULES if rule.fits(asked, path)), None)
