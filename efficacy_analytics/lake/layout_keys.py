"""Which keys a layout may use: the columns of the contract, table by table, and the words around them."""

TABLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "events": (
        "case_id",
        "activity",
        "started_at",
        "completed_at",
        "resource",
        "department",
        "stage",
        "recorded_at",
    ),
    "cases": (
        "case_id",
        "department",
        "item",
        "kind",
        "channel",
        "status",
        "is_green_lane",
        "applied_at",
        "accepted_at",
        "completed_at",
        "due_on",
        "statutory_limit",
        "promised_limit",
        "statutory_length",
        "statutory_unit",
        "promised_length",
        "promised_unit",
    ),
    "items": (
        "item",
        "department",
        "name_zh",
        "name_en",
        "kind",
        "statutory_limit",
        "promised_limit",
        "statutory_length",
        "statutory_unit",
        "promised_length",
        "promised_unit",
        "valid_from",
        "valid_until",
    ),
    "clock_stops": (
        "case_id",
        "kind",
        "stopped_from_on",
        "stopped_until_on",
        "extension_days",
        "reason",
        "recorded_at",
    ),
    "departments": ("department", "name_zh", "name_en"),
    "activities": ("activity", "stage", "name_zh", "name_en"),
}
REQUIRED_COLUMNS: dict[str, tuple[str, ...]] = {
    "events": ("case_id", "activity", "completed_at"),
    "cases": ("case_id",),
    "items": ("item",),
    "clock_stops": ("case_id", "kind", "stopped_from_on"),
    "departments": ("department",),
    "activities": ("activity",),
}
EVENT_CONSTANTS = ("activity", "stage", "resource")
CONSTANTS = (*(column for column in TABLE_COLUMNS["cases"] if column != "case_id"), *EVENT_CONSTANTS)

XES_EVENT = {"activity": "concept:name", "completed_at": "time:timestamp", "resource": "org:resource"}
XES_CASE = {"case_id": "concept:name"}

TOP_KEYS = (
    "format",
    "time_zone",
    "calendar",
    "verdict_by",
    "activity_labels",
    "encoding",
    "time_format",
    "event",
    "case",
    "case_extra",
    "constants",
    "office_hours",
    "table",
)
JOINT = "\x1f"
"""Between the names of the columns that make a case's id together: no header has it."""

FORMATS = ("csv", "xes")
VERDICTS = ("date", "instant")

# Columns an extra column would hide: those of the accepted table, and those publishing adds.
TAKEN_BY_CASES = frozenset(
    [
        *TABLE_COLUMNS["cases"],
        *("case_number", "case_key", "source", "source_file", "source_line"),
        *("applied_on", "accepted_on", "completed_on", "due_at", "limit_days", "limit_unit", "counted_days"),
        *("stopped_days", "remaining_days", "is_open", "is_late", "clock_flags", "first_at", "last_at"),
        *("event_count", "variant_key", "throughput_elapsed_seconds", "throughput_open_seconds"),
    ]
)
