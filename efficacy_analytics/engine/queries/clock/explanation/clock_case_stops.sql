-- clock_case_stops: the stops of one case, with the names and sources of their kinds
-- from:   clock_stops, clock_rules
-- param:  case_key BIGINT  the case
-- out:    kind VARCHAR, effect VARCHAR, stopped_from_on DATE, stopped_until_on DATE, extension_days INTEGER
-- out:    name_zh VARCHAR, name_en VARCHAR, source_zh VARCHAR, source_en VARCHAR
select
    stops.kind,
    stops.effect,
    stops.stopped_from_on,
    stops.stopped_until_on,
    stops.extension_days,
    rules.name_zh,
    rules.name_en,
    rules.source_zh,
    rules.source_en
from clock_stops as stops
left join clock_rules as rules using (kind)
where stops.case_key = $case_key
order by stops.stopped_from_on, stops.stopped_until_on, stops.kind
