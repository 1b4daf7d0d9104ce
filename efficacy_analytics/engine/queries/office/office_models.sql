-- office_models: the BPMN files that declared procedures name, each whole
-- from:   office_models
-- out:    bpmn_file VARCHAR, content BLOB
select bpmn_file, content
from office_models
order by place
