"""When pipelines run: cron lines, the scheduler that serves them, and the same as systemd timers or a crontab."""
