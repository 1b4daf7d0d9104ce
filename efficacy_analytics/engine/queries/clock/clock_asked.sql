-- clock_asked: the day and the rules by which the views of verdicts judge from here on
-- param:  as_on DATE  the day of the verdict; a case completed later is open then
-- param:  roll_rest_days BOOLEAN  whether a limit not in working days that ends on a rest day ends on the next working day
set variable clock_as_on = cast($as_on as date);

set variable clock_roll_rest_days = cast($roll_rest_days as boolean);
