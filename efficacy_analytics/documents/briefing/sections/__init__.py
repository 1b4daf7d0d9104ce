"""The sections of the briefing, in the order they are printed. A new one is a file here and a line in `SECTIONS`."""

from efficacy_analytics.documents.blocks import Section
from efficacy_analytics.documents.briefing.sections import (
    bottlenecks,
    contributions,
    departments,
    honesty,
    limits,
    main_points,
    on_time,
    open_work,
    plan,
    process_map,
    scheme_scores,
    summary,
)
from efficacy_analytics.documents.briefing.sections.like_work import comparison, department_times, officers

SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        main_points.SECTION,
        summary.SECTION,
        honesty.SECTION,
        departments.SECTION,
        comparison.SECTION,
        department_times.SECTION,
        officers.SECTION,
        scheme_scores.SECTION,
        process_map.SECTION,
        bottlenecks.SECTION,
        contributions.SECTION,
        on_time.SECTION,
        open_work.SECTION,
        limits.SECTION,
        plan.SECTION,
    )
}
