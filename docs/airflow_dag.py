"""An Airflow DAG that makes the reports of the last month; PROJECT is where yours lies."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PROJECT = "/srv/slm"

with DAG("slm_reports", schedule="0 5 2 * *", catchup=False, max_active_runs=1):
    BashOperator(
        task_id="run",
        bash_command=".venv/bin/slm run --json",
        cwd=PROJECT,
        retries=1,  # finished reports are not made again
    )
