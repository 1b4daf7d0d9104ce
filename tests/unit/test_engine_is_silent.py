"""The engine prints nothing of its own: what a command prints is its answer, and nothing else."""

from efficacy_analytics.engine.duckdb_engine import opened


def test_a_long_question_draws_no_bar_among_the_answers() -> None:
    engine = opened()
    assert engine.sql("select current_setting('enable_progress_bar') as bar")["bar"].to_list() == [False]
    engine.close()
