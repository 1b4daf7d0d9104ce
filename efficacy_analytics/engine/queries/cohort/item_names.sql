-- item_names: what each item is called
-- from:   items
-- out:    item VARCHAR, name_zh VARCHAR, name_en VARCHAR
select item, name_zh, name_en
from items
order by item
