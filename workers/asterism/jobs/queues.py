"""The only file that touches BullMQ: takes one job at a time from several queues, and keeps its lock alive.

One worker process owns one core, so it must never hold a second job, not even an unclaimed one: BullMQ's
own loop, run once per queue, would prefetch. Jobs are therefore fetched by hand, one Worker object per
queue.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bullmq import Job, Worker
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from asterism.jobs.control import Kind

log = logging.getLogger("asterism.worker")

LOCK_MS = 60_000
STALLED_CHECK_MS = 15_000
RUN_RETRY_SECONDS = 1.0
IDLE_WAIT_SECONDS = 2
ASK_AGAIN_SECONDS = 10.0
GONE = (RedisError, OSError, asyncio.TimeoutError)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A job this worker holds, and the queue it came from."""

    queue: str
    kind: Kind
    job: Job
    token: str


def _client(url: str) -> Redis:
    """Fails fast: waiting for a lost Redis is the fetch loop's business, which can also hear a stop."""
    return Redis.from_url(
        url,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=3,
        socket_timeout=IDLE_WAIT_SECONDS + 5,
    )


async def _never(job: Job, token: str) -> None:
    raise AssertionError("jobs are fetched by hand")


class Queues:
    """Fetches from `(queue name, kind)` pairs in the given order; the first has priority."""

    def __init__(
        self, redis_url: str, queues: Sequence[tuple[str, Kind]], *, name: str, lock_ms: int = LOCK_MS
    ) -> None:
        self._redis = _client(redis_url)
        self._kinds = dict(queues)
        options: dict[str, Any] = {
            "connection": self._redis,
            "autorun": False,
            "concurrency": 1,
            "lockDuration": lock_ms,
            "stalledInterval": min(STALLED_CHECK_MS, lock_ms),
            "maxStalledCount": 3,
            "runRetryDelay": int(RUN_RETRY_SECONDS * 1000),
            "name": name,
        }
        self._workers = {q: Worker(q, cast(Any, _never), cast(Any, dict(options))) for q in self._kinds}
        self._waits: dict[str, asyncio.Task[Any]] = {}
        self._fetched = 0
        self._away_since = 0.0
        for worker in self._workers.values():
            worker.on("error", lambda error, *rest: log.info("queue: %s", error))

    async def next(self, stop: asyncio.Event) -> Taken | None:
        """Wait for a job.

        None when `stop` is set, or when Redis has been away so long that its address may have changed.
        """
        while not stop.is_set():
            try:
                for queue in self._workers:
                    if (job := await self._take(queue)) is not None:
                        return job
                self._say_back()
                await self._wait(stop)
            except GONE as error:
                self._say_away(error)
                if time.monotonic() - self._away_since > ASK_AGAIN_SECONDS:
                    return None
                await asyncio.sleep(RUN_RETRY_SECONDS)
        return None

    async def _take(self, queue: str) -> Taken | None:
        worker = self._workers[queue]
        self._fetched += 1
        token = f"{worker.id}:{self._fetched}"
        job = await worker.moveToActive(token)
        if job is None:
            return None
        worker.lockManager.start()
        worker.lockManager.track_job(str(job.id), token, int(time.time() * 1000))
        return Taken(queue=queue, kind=self._kinds[queue], job=job, token=token)

    async def _wait(self, stop: asyncio.Event) -> None:
        """Until a queue's marker appears or `stop`.

        A wait left over on the other queue runs out by itself after two seconds.
        """
        for queue, worker in self._workers.items():
            if queue not in self._waits:
                self._waits[queue] = asyncio.create_task(worker.backend.waitForJob(IDLE_WAIT_SECONDS))
        stopped = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([*self._waits.values(), stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        self._waits = {queue: task for queue, task in self._waits.items() if task not in done}
        for task in done - {stopped}:
            task.result()

    async def finish(self, taken: Taken, value: dict[str, Any]) -> None:
        """Take the job out of its queue.

        The truth is in the database: when Redis lost the job or the lock, that is only noted.
        """
        worker = self._workers[taken.queue]
        try:
            await worker.backend.moveToCompleted(taken.job, value, True, taken.token, fetch_next=False)
        except Exception as error:  # BullMQ raises bare Exception for a lost lock or a vanished key
            log.info("job %s left its queue by itself: %s", taken.job.id, error)
        finally:
            worker.lockManager.untrack_job(str(taken.job.id))

    async def check_stalled(self) -> None:
        """Every interval: jobs whose worker died go back to waiting.

        Their next claim decides whether they still matter.
        """
        while True:
            await asyncio.sleep(next(iter(self._workers.values())).opts["stalledInterval"] / 1000)
            for worker in self._workers.values():
                await worker.runStalledJobsCheck()

    async def close(self) -> None:
        """No job is held any more: close without waiting for the idle waits."""
        for task in self._waits.values():
            task.cancel()
        await asyncio.gather(*self._waits.values(), return_exceptions=True)
        for worker in self._workers.values():
            await worker.lockManager.close()
        await self._redis.aclose()

    def _say_away(self, error: BaseException) -> None:
        if not self._away_since:
            log.warning("Redis is away (%s); trying every second", error or type(error).__name__)
            self._away_since = time.monotonic()

    def _say_back(self) -> None:
        if self._away_since:
            log.info("Redis is back")
        self._away_since = 0.0
