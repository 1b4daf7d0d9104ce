-- build_case_sequences: the sequence of activities of each case, as its length and two marks
-- from:   event_steps
--
-- A case's sequence is told apart by its length and 128 bits of hashes of (position, activity): no list is built
-- per case. Positions are distinct, so no two marks of a case cancel out.
create table case_sequences as
select
    case_key,
    count(*) as event_count,
    bit_xor(hash(event_number, activity)) as first_mark,
    bit_xor(hash(activity, event_number, 1)) as second_mark
from event_steps
group by case_key;
