-- snapshot_notices: what of the deliveries the snapshot does not use or takes otherwise, as it keeps it
-- from: snapshot
-- out: notices VARCHAR
select notices from snapshot
