"""Which steps a case takes: procedures as choices over one long list of slots, and the officers' roles at each.

Every case walks the slots in order and takes those its choices switch on; slots of one parallel group run side by side.
"""

from dataclasses import dataclass
from functools import cache

from efficacy_analytics.city.town.catalogue import Item, activities, drawn
from efficacy_analytics.city.town.plan import CHOICES_OF_DEPARTMENT, PROCEDURE_OF_DEPARTMENT, ROLE_OF_DEPARTMENT

SLOTS = """
application        | always             | applicant  | 0 m  | 0    |
supplement_notice  | early_supplement   | window     | 12 m | 0.20 |
resubmission       | early_supplement   | applicant  | 3 d  | 0    |
not_accepted       | not_accepted       | window     | 10 m | 0.20 |
acceptance         | always             | window     | 14 m | 0.10 |
assignment         | examined           | reviewers  | 5 m  | 0.22 |
preliminary_review | examined           | reviewers  | 40 m | 0.35 |
supplement_notice  | supplement         | reviewers  | 12 m | 0.15 |
resubmission       | supplement         | applicant  | 4 d  | 0    |
preliminary_review | supplement         | reviewers  | 20 m | 0.30 |
supplement_notice  | second_supplement  | reviewers  | 12 m | 0.15 |
resubmission       | second_supplement  | applicant  | 4 d  | 0    |
preliminary_review | second_supplement  | reviewers  | 20 m | 0.30 |
site_inspection    | site_inspection    | inspectors | 110 m | 0.60 | fieldwork
expert_review      | expert_review      | experts    | 6 d  | 0.60 | fieldwork
hearing            | hearing            | legal      | 150 m | 5.00 |
joint_review       | joint              | joint      | 35 m | 0.45 | meeting
joint_review       | joint              | joint      | 35 m | 0.45 | meeting
joint_review       | third_department   | joint      | 35 m | 0.45 | meeting
review             | review             | seniors    | 40 m | 0.38 |
preliminary_review | rework             | reviewers  | 20 m | 0.30 |
review             | rework             | seniors    | 20 m | 0.30 |
extension          | extension          | leaders    | 8 m  | 0.20 |
legal_check        | legal_check        | legal      | 30 m | 0.38 |
public_notice      | public_notice      | notice     | 5 d  | 0.25 |
decision           | always             | leaders    | 12 m | 0.38 |
certificate        | granted            | window     | 10 m | 0.35 |
delivery           | always             | window     | 6 m  | 0.38 |
archiving          | always             | window     | 5 m  | 0.35 |
withdrawal         | withdrawn          | applicant  | 0 m  | 2.00 |
"""
"""Activity, choice, role, length (minutes of work, or open days outside), mean days to hand the file over, group."""

PROCEDURES = """
usual      | examined=1 review=1 granted=0.98 early_supplement=0.025 not_accepted=0.012 supplement=0.08
           | second_supplement=0.1 rework=0.03 extension=0.3 legal_check=0.15 withdrawn=0.012 suspended=0.002
counter    | examined=0 supplement=0 rework=0 extension=0 legal_check=0 withdrawn=0.002 suspended=0 granted=0.99
commitment | examined=0 supplement=0 rework=0 extension=0 legal_check=0 withdrawn=0.002 suspended=0 review=0
standard   |
inspected  | site_inspection=0.92
expert     | expert_review=0.85 legal_check=0.5
published  | legal_check=0.6 public_notice=0.9
joint      | joint=1 third_department=0.5 site_inspection=0.5 expert_review=0.4 hearing=0.04 legal_check=0.7
           | public_notice=0.3 supplement=0.12
"""
"""Chances of a procedure's choices where they differ from the usual ones; what is nowhere named does not occur."""

MIXED = ("standard", "inspected", "published", "standard", "expert")
OF_KIND = {"on_the_spot": ("counter", "counter", "commitment"), "joint": ("joint",), "promised": MIXED}


@dataclass(frozen=True)
class Slot:
    """A place in the long list; `minutes` of an officer's work or `outside_days` on the open clock, never both."""

    activity: str
    choice: str
    role: str
    minutes: float
    outside_days: float
    handover_days: float
    parallel: str


@cache
def slots() -> tuple[Slot, ...]:
    """The long list of places a case can pass, in order."""
    return tuple(_slot(*row) for row in drawn(SLOTS))


@cache
def activity_numbers() -> dict[str, int]:
    """The number of each activity, in the order of the catalogue."""
    return {row.activity: number for number, row in enumerate(activities())}


def first_slot(activity: str) -> int:
    """The place of the first slot of an activity."""
    return next(number for number, slot in enumerate(slots()) if slot.activity == activity)


@cache
def choice_names() -> tuple[str, ...]:
    """The choices a case is drawn with, in the order of the slots, and being suspended for good."""
    return (*dict.fromkeys(slot.choice for slot in slots()), "suspended")


def procedure_of(item: Item) -> str:
    """The procedure an item takes: its department's single one, else one of its kind's in turn."""
    single = PROCEDURE_OF_DEPARTMENT.get(item.department)
    if item.kind == "promised" and single:
        return single
    candidates = OF_KIND[item.kind]
    return candidates[int(item.item[-3:]) % len(candidates)]


def chances_of(item: Item) -> dict[str, float]:
    """The chance of each choice for the cases of an item."""
    table = _procedures()
    own = CHOICES_OF_DEPARTMENT.get(item.department, {}) if item.kind == "promised" else {}
    return {"always": 1.0, **table["usual"], **table[procedure_of(item)], **own}


def role_at(slot: Slot, item: Item) -> str:
    """Who handles a slot: at the counter the window does everything that is office work."""
    if item.kind == "on_the_spot" and slot.minutes:
        return "window"
    return ROLE_OF_DEPARTMENT.get(item.department, {}).get(slot.activity, slot.role)


@cache
def _procedures() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for name, text in drawn(PROCEDURES):
        current = table.setdefault(name or list(table)[-1], {})
        current.update({choice: float(chance) for choice, chance in (pair.split("=") for pair in text.split())})
    return table


def _slot(activity: str, choice: str, role: str, length: str, handover: str, parallel: str) -> Slot:
    number, unit = length.split()
    minutes, days = (float(number), 0.0) if unit == "m" else (0.0, float(number))
    return Slot(activity, choice, role, minutes, days, float(handover), parallel)
