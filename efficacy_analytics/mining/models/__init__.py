"""Models of the process: trees, nets, BPMN, discovered with pm4py."""
