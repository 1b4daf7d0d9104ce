-- clock_keep_other: keeps the verdicts just made as those of another basis
-- from:   case_verdicts
-- param:  basis VARCHAR  the basis: statute, without_extensions or with_ground
insert into clock_other_verdicts
select $basis, case_key, due_on, is_late, stopped_days
from case_verdicts;
