-- bucket_sequences: the marks of the sequences of a bucket's cases
-- from:   case_sequences
select * from case_sequences
order by case_key
