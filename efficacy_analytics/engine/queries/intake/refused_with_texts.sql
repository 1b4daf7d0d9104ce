-- refused_with_texts: the refused rows of one table with their rule, its reason and their own text
-- from:   refused_places (position, source_file, source_line, source_row, rule), refused_texts (source_file, source_row, original), reasons (rule, reason)
-- out:    source_file VARCHAR, source_line BIGINT, source_row BIGINT, rule VARCHAR, reason VARCHAR, original VARCHAR
select
    places.source_file,
    places.source_line,
    places.source_row,
    places.rule,
    reasons.reason,
    texts.original
from refused_places as places
inner join reasons using (rule)
left join refused_texts as texts
    on texts.source_file = places.source_file and texts.source_row = places.source_row
order by places.position
