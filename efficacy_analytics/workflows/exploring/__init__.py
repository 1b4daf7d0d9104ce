"""What a log gives to a person who explores it: tables and charts by name, comparisons, cases, the map to click on."""
