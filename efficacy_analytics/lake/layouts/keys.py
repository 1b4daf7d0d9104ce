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
        "row_key",
        "is_deleted",
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
        "row_key",
        "is_deleted",
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
        "row_key",
        "is_deleted",
    ),
    "departments": ("department", "name_zh", "name_en"),
    "activities": ("activity", "stage", "name_zh", "name_en"),
    "complaints": (
        "case_id",
        "complaint_id",
        "department",
        "kind",
        "received_at",
        "answered_at",
        "overdue_days",
        "result",
    ),
    "surveys": ("case_id", "rated_at", "satisfaction", "channel"),
    "fees": ("case_id", "item", "kind", "amount", "currency", "paid_at"),
    "staff": ("resource", "department", "role", "valid_from", "valid_until"),
}
WRITTEN_AS = {"key": "row_key", "deleted": "is_deleted"}
"""How a layout writes a contract column that has a shorter name there."""

JOINT_COLUMNS = ("case_id",)
"""The columns that several columns of an export may make together."""

REQUIRED_COLUMNS: dict[str, tuple[str, ...]] = {
    "events": ("case_id", "activity", "completed_at"),
    "cases": ("case_id",),
    "items": ("item",),
    "clock_stops": ("case_id", "kind", "stopped_from_on"),
    "departments": ("department",),
    "activities": ("activity",),
    "complaints": ("complaint_id", "department", "kind", "received_at"),
    "surveys": ("case_id", "rated_at", "satisfaction"),
    "fees": ("case_id", "kind", "amount"),
    "staff": ("resource", "department"),
}
LIMITS = ("statutory", "promised")
LIMIT_PARTS = ("limit", "length", "unit")
EVENT_CONSTANTS = ("activity", "stage", "resource")
CASE_COLUMNS = tuple(column for column in TABLE_COLUMNS["cases"] if column not in ("case_id", *WRITTEN_AS.values()))
CONSTANTS = (*CASE_COLUMNS, *EVENT_CONSTANTS)

XES_EVENT = {"activity": "concept:name", "completed_at": "time:timestamp", "resource": "org:resource"}
XES_CASE = {"case_id": "concept:name"}

TOP_KEYS = (
    "format",
    "source",
    "adds",
    "order",
    "time_zone",
    "calendar",
    "verdict_by",
    "activity_labels",
    "encoding",
    "delimiter",
    "header_line",
    "sheet",
    "time_format",
    "personal",
    "values",
    "event",
    "case",
    "case_extra",
    "constants",
    "office_hours",
    "personal",
    "table",
)
JOINT = "\x1f"
"""Between the names of the columns that make a case's id together: no header has it."""

"""Between several time formats: no format has it."""

FORMATS = ("csv", "excel", "xes", "parquet", "database")
SUFFIXES = {
    "csv": (".csv", ".tsv", ".txt"),
    "excel": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    "xes": (".xes",),
    "parquet": (".parquet",),
    "database": (".duckdb", ".parquet"),
}
SOURCE_KEYS = (
    "file",
    "sheet",
    "table",
    "query",
    "watermark",
    "deletions",
    "overlap",
    "header_line",
    "where_given",
    "optional",
    "constants",
    "values",
    "not_completed_where",
)
PLACE_KEYS = {"excel": "sheet", "database": "table"}
"""What says where a table stands, if it is not the file."""

VERDICTS = ("date", "instant")
ORDERS = ("start", "completion", "file")

# Columns an extra column would hide: those of the accepted table, and those publishing adds.
TAKEN_BY_CASES = frozenset(
    [
        *TABLE_COLUMNS["cases"],
        *("case_number", "case_key", "source", "source_file", "source_line"),
        *("applied_on", "accepted_on", "completed_on", "due_at", "limit_days", "limit_unit", "counted_days"),
        *("stopped_days", "remaining_days", "is_open", "is_late", "clock_flags", "first_at", "last_at"),
        *("is_withdrawn", "is_under_clock", "is_judged", "verdict_class", "counted_unit", "needed_days"),
        *("is_judged_apart", "is_judged_by_statute", "is_late_unextended", "is_late_with_ground", "is_late_by_statute"),
        *("statutory_due_on", "extension_days", "ungrounded_days"),
        *("event_count", "variant_key", "throughput_elapsed_seconds", "throughput_open_seconds"),
    ]
)


def is_text(column: str) -> bool:
    """Whether a column of a table is kept as its text, and not read as a time, a day, a limit, a number or a yes."""
    ending = column.rpartition("_")[2]
    return not column.startswith("is_") and ending not in (
        "at",
        "on",
        "from",
        "until",
        "limit",
        "length",
        "unit",
        "days",
    )


# Of databases: what a pull adds to its rows, and how far behind the last watermark it reads again unless a layout says.
IS_GONE = "_is_deleted"
OVERLAPS = {"time": "10 minutes", "date": "1 day", "number": "1000"}
