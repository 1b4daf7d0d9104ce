"""Scores by declared schemes: from values to points, from points to grades, ranks, totals and streaks."""
