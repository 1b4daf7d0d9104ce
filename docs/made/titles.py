"""The pages of the reference and what each lists; `index` lists them."""

TITLES = {
    "tables_of_the_log": "Tables that measure the event log, with their columns",
    "tables_of_findings": "Tables that judge, with their uncertainty",
    "tables_of_supervision": "Tables of what is still open",
    "indicators": "Every indicator: formula, and how kinds of cases count",
    "honesty_checks": "Every check of the records, with its innocent answers",
    "rules": "Why a row is refused; what stops or moves the clock; exit codes",
    "commands": "Every command with its options",
    "settings": "Every key of `settings.toml`",
    "layouts": "Every key and column of a layout",
    "lake": "The lake, its folders, and the files an office keeps in it",
    "schedule": "Every key of `schedule.toml`",
    "scheme_keys": "Every key of a scoring scheme",
    "documents": "Every kind of document",
    "python": "Every public name in Python",
}
