"""Background work: asked in a transaction, done once, cancelled, retried, put back; its pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import work_kinds
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.audit.models import Entry
from xinglin.apps.work import actions, runner
from xinglin.apps.work.models import Job, State
from xinglin.apps.work.progress import STOPPING, Lost, Progress
from xinglin.apps.work.registry import job as declare
from xinglin.apps.work.tasks import claim, run_job

COUNTY = "441882"


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    return account("county_officer", COUNTY)


@pytest.fixture
def going() -> Iterator[None]:
    """No stop is under way, before and after."""
    STOPPING.clear()
    yield
    STOPPING.clear()


def done(job: Job) -> Job:
    runner.work_off()
    job.refresh_from_db()
    return job


def test_a_job_is_done_and_keeps_its_result(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=7)
    assert (job.state, job.label) == (State.WAITING, "数数")
    done(job)
    assert (job.state, job.done, job.total, job.result) == (State.DONE, 7, 7, {"数到": 7})
    assert job.ended_at
    assert job.dismissed_at is None


@pytest.mark.django_db(transaction=True)
def test_no_job_without_the_transaction_that_asks_for_it(officer: User) -> None:
    def ask_in_vain() -> None:
        with transaction.atomic():
            actions.ask("test.count", by=officer, to=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_in_vain()
    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()
    assert runner.work_off() == 0


def test_lying_twice_in_the_queue_a_job_is_done_once(officer: User) -> None:
    job = actions.ask("test.once", by=officer, name="甲")
    run_job.enqueue(job.pk)
    assert runner.work_off() == 2
    assert Entry.objects.filter(action="test.once").count() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result) == (State.DONE, 1, {"名": "甲"})


def test_a_worker_that_lost_its_job_leaves_nothing_behind(officer: User) -> None:
    job = actions.ask("test.once", by=officer, name="甲")
    first = claim(job.pk)
    assert first is not None
    slow = Progress(first)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - runner.SILENT * 2)
    assert runner.recover(alone=False) == 1
    assert done(job).attempts == 2
    with pytest.raises(Lost):
        work_kinds.once(slow, name="甲")
    with pytest.raises(Lost):
        slow.beat(at_once=True)
    assert Entry.objects.filter(action="test.once").count() == 1


@pytest.mark.django_db(transaction=True)
def test_signs_of_life_within_the_last_transaction(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=5s")  # the connection beside ours must not wait for us
    job = done(actions.ask("test.finishes", by=officer))
    assert (job.state, job.done, job.message, job.trace) == (State.DONE, 1, "写入", "")


def test_taken_over_while_it_writes_a_job_leaves_nothing_behind(officer: User) -> None:
    first = claim(actions.ask("test.once", by=officer, name="甲").pk)
    assert first is not None

    def write() -> None:
        with Progress(first).finishing():
            Entry.objects.create(at=timezone.now(), action="test.once", kind="test")
            Job.objects.filter(pk=first.pk).update(attempts=2)  # as another worker that found it silent

    with pytest.raises(Lost):
        write()
    assert not Entry.objects.filter(action="test.once").exists()


def test_an_expected_fault_is_told_in_its_own_words(officer: User) -> None:
    job = done(actions.ask("test.fails", by=officer, secret="", expected=True))
    assert (job.state, job.error, job.trace) == (State.FAILED, "第 3 行没有机构名称，请补上", "")


def test_an_unexpected_fault_shows_places_and_no_values(
    officer: User, caplog: pytest.LogCaptureFixture
) -> None:
    job = done(actions.ask("test.fails", by=officer, secret="440222197001011234"))
    assert job.state == State.FAILED
    assert "ValueError" in job.error
    assert job.pk in job.error
    assert "work_kinds.py" in job.trace
    assert "440222197001011234" not in job.error + job.trace + caplog.text


def test_a_kind_that_is_gone(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=1)
    Job.objects.update(kind="test.gone")
    assert "没有“test.gone”这类任务" in done(job).error


def test_two_functions_may_not_share_a_kind() -> None:
    def other() -> None: ...

    with pytest.raises(ValueError, match=r"test\.count"):
        declare("test.count", "另一个")(other)


def test_a_waiting_job_is_cancelled_and_never_begun(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=1)
    actions.cancel(job=job, by=officer)
    assert (done(job).state, job.attempts) == (State.CANCELLED, 0)
    with pytest.raises(actions.NotNow):
        actions.cancel(job=job, by=officer)


def test_a_running_job_stops_at_its_next_step(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=3)
    begun = claim(job.pk)
    assert begun is not None
    progress = Progress(begun)
    actions.cancel(job=begun, by=officer)
    assert progress.cancelled
    Job.objects.filter(pk=job.pk).update(state=State.WAITING, attempts=0)
    assert done(job).state == State.CANCELLED


def test_a_failed_job_is_retried(officer: User) -> None:
    job = done(actions.ask("test.fails", by=officer, secret="x"))
    actions.retry(job=job, by=officer)
    job.refresh_from_db()
    assert (job.state, job.error, job.trace, job.ended_at) == (State.WAITING, "", "", None)
    assert done(job).attempts == 2
    with pytest.raises(actions.NotNow):
        actions.retry(job=done(actions.ask("test.count", by=officer, to=1)), by=officer)


def test_what_is_cut_off_is_put_back_or_shown(officer: User) -> None:
    with_care = done(actions.ask("test.cut", by=officer))
    assert with_care.state == State.FAILED
    assert "服务中断" in with_care.error
    again = done(actions.ask("test.cut_again", by=officer))
    assert (again.state, again.attempts, again.result) == (State.DONE, 2, "好了")


def test_after_a_crash_alone_everything_that_ran_is_put_back(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=2)
    assert claim(job.pk)
    DBTaskResult.objects.update(status="RUNNING")
    assert runner.recover(alone=False) == 0
    assert runner.recover(alone=True) == 1
    assert (done(job).state, job.attempts) == (State.DONE, 2)


def test_a_job_whose_worker_died_before_beginning_is_queued_again(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=2)
    DBTaskResult.objects.update(status="RUNNING")
    assert runner.recover(alone=False) == 0
    Job.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert runner.recover(alone=False) == 1
    assert done(job).state == State.DONE


def test_a_cancelled_job_that_was_cut_off_stays_cancelled(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=2)
    begun = claim(job.pk)
    assert begun is not None
    actions.cancel(job=begun, by=officer)
    runner.recover(alone=True)
    assert done(job).state == State.CANCELLED


def test_a_stopping_process_takes_no_more_and_gives_up_what_it_has(officer: User, going: None) -> None:
    jobs = [actions.ask("test.stops", by=officer), actions.ask("test.count", by=officer, to=2)]
    assert runner.work_off() == 1
    assert runner.work_off() == 0
    assert set(Job.objects.values_list("state", flat=True)) == {State.WAITING}
    STOPPING.clear()
    assert [done(job).state for job in jobs] == [State.DONE, State.DONE]


@pytest.mark.django_db(transaction=True)
def test_progress_within_a_transaction(officer: User) -> None:
    job = done(actions.ask("test.atomic", by=officer, to=3))
    assert (job.state, job.result, job.message) == (State.DONE, 3, "第 3 步")


@pytest.mark.parametrize(
    "values",
    [
        {"state": "odd"},
        {"state": State.RUNNING, "heartbeat_at": None},
        {"state": State.DONE, "ended_at": None},
        {"state": State.WAITING, "ended_at": timezone.now()},
    ],
)
def test_the_database_refuses_what_cannot_be(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(kind="test.count", label="x", **values)


def test_asking_and_the_rest_leave_rows_in_the_log(officer: User) -> None:
    job = done(actions.ask("test.fails", by=officer, secret="x"))
    actions.retry(job=job, by=officer)
    actions.cancel(job=job, by=officer)
    job.refresh_from_db()
    actions.dismiss(job=job, by=officer)
    rows = Entry.objects.filter(object_id=job.pk).order_by("pk")
    assert [row.action for row in rows] == ["job.ask", "job.retry", "job.cancel", "job.dismiss"]
    assert {row.actor for row in rows} == {officer.pk}


WORKER = """
import django, os, sys
django.setup()
import work_kinds
from xinglin.apps.work import runner
print(runner.work_off(), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_two_worker_processes_never_do_one_job_twice(officer: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 上只有一个工作进程")
    for number in range(50):
        actions.ask("test.once", by=officer, name=str(number))
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "site_settings"}
    environment["PYTHONPATH"] = str(Path(__file__).parent)

    def work(_: int) -> int:
        ended = subprocess.run(
            [sys.executable, "-c", WORKER], env=environment, capture_output=True, text=True, check=True
        )
        return int(ended.stdout)

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(work, range(2)))
    assert sum(counts) == 50
    names = Entry.objects.filter(action="test.once").values_list("object_id", flat=True)
    assert sorted(names, key=int) == [str(number) for number in range(50)]
    assert set(Job.objects.values_list("state", "attempts")) == {(State.DONE, 1)}


def test_the_list_shows_ones_own_jobs_until_put_away(signed_in: Callable[..., Client]) -> None:
    client, other = signed_in("county_officer", COUNTY), signed_in("county_officer", "441881")
    mine = actions.ask("test.count", by=client.user, label="数一遍", to=1)  # type: ignore[attr-defined]
    actions.ask("test.count", by=other.user, label="别人的", to=1)  # type: ignore[attr-defined]
    page = client.get("/jobs").content.decode()
    assert "数一遍" in page
    assert "别人的" not in page
    done(mine)
    assert client.post(f"/jobs/{mine.pk}/dismiss").headers["Location"] == "/jobs"
    assert "数一遍" not in client.get("/jobs").content.decode()
    assert "数一遍" in client.get("/jobs?all=1").content.decode()
    for address in (f"/jobs/{mine.pk}", f"/jobs/{mine.pk}/file"):
        assert other.get(address).status_code == 404
    assert other.post(f"/jobs/{mine.pk}/cancel").status_code == 404


def test_the_progress_is_asked_for_until_the_job_has_ended(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    job = actions.ask("test.count", by=client.user, to=4)  # type: ignore[attr-defined]
    begun = claim(job.pk)
    assert begun is not None
    progress = Progress(begun)
    progress.total = 4
    progress.step(1, "正在数")
    part = client.get(f"/jobs/{job.pk}", headers={"HX-Request": "true"}).content.decode()
    assert 'value="25"' in part
    assert "正在数" in part
    assert "hx-trigger" in part
    assert "<html" not in part
    Job.objects.filter(pk=job.pk).update(state=State.WAITING)
    done(job)
    part = client.get(f"/jobs/{job.pk}", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "数到" in part
    assert "<html" in client.get(f"/jobs/{job.pk}").content.decode()


def test_buttons_act_and_say_when_they_cannot(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    job = actions.ask("test.count", by=client.user, to=4)  # type: ignore[attr-defined]
    client.post(f"/jobs/{job.pk}/cancel")
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    assert "不能取消" in client.post(f"/jobs/{job.pk}/cancel", follow=True).content.decode()
    client.post(f"/jobs/{job.pk}/retry")
    assert done(job).state == State.DONE


def test_a_file_is_fetched_only_while_one_may(signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    job = done(actions.ask("test.file", by=client.user, place=COUNTY))  # type: ignore[attr-defined]
    answer: Any = client.get(f"/jobs/{job.pk}/file")
    assert b"".join(answer.streaming_content).decode() == "张三"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(action="job.file", object_id=job.pk).count() == 1
    Grant.objects.update(place="441881")
    assert client.get(f"/jobs/{job.pk}/file").status_code == 404
    Job.objects.filter(pk=job.pk).update(state=State.FAILED)
    assert "不能再做这项任务" in client.post(f"/jobs/{job.pk}/retry", follow=True).content.decode()


def test_the_list_asks_as_little_for_many_as_for_one(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = signed_in("county_officer", COUNTY)
    user = client.user  # type: ignore[attr-defined]
    Job.objects.bulk_create(Job(kind="test.count", label=f"第 {n}", asked_by=user.pk) for n in range(200))
    with django_assert_max_num_queries(15):
        assert client.get("/jobs").status_code == 200


def test_arguments_are_plain_json(officer: User) -> None:
    job = actions.ask("test.count", by=officer, to=1)
    assert json.loads(json.dumps(Job.objects.get(pk=job.pk).arguments)) == {"to": 1}


def test_rows_of_the_queue_go_after_a_while_and_jobs_stay(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PRUNED_AT_ONCE", 1)
    jobs = {name: actions.ask("test.count", by=officer, to=1) for name in ("old", "older", "new")}
    runner.work_off()
    begun = {"killed": State.DONE, "taken": State.WAITING}
    for name, state in begun.items():
        jobs[name] = actions.ask("test.count", by=officer, to=1)
        ended = timezone.now() if state == State.DONE else None
        Job.objects.filter(pk=jobs[name].pk).update(state=state, ended_at=ended)
    jobs["waits"] = actions.ask("test.count", by=officer, to=1)
    before = timezone.now() - runner.TASKS_KEPT - timedelta(minutes=1)
    rows = {name: DBTaskResult.objects.filter(pk=task_of(job)) for name, job in jobs.items()}
    for name in ("old", "older"):
        rows[name].update(finished_at=before)
    for name in begun:
        rows[name].update(status="RUNNING", started_at=before)
    rows["waits"].update(enqueued_at=before)
    assert runner.prune() == 3
    assert {name for name, row in rows.items() if row.exists()} == {"new", "taken", "waits"}
    assert Job.objects.count() == 6
    assert runner.prune() == 0


def task_of(job: Job) -> str:
    job.refresh_from_db()
    return job.task


def test_the_worker_prunes_while_it_runs(officer: User, monkeypatch: pytest.MonkeyPatch, going: None) -> None:
    done(actions.ask("test.count", by=officer, to=1))
    DBTaskResult.objects.update(finished_at=timezone.now() - runner.TASKS_KEPT - timedelta(minutes=1))
    monkeypatch.setattr(runner, "close_old_connections", STOPPING.set)
    monkeypatch.setattr(runner, "connection", SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(runner, "IDLE", 0)
    runner.run(alone=False)
    assert not DBTaskResult.objects.exists()
