"""How departments and items did: indicators, shares on time, differences."""
