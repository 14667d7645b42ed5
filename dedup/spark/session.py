"""A Spark session for one run: the active one, or one that is made and stopped here."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any, TypeAlias

from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import SparkSession

_FIRST_COMPILER = "-XX:TieredStopAtLevel=1"

#: What a session made here is set to; a session that is given is left as it is.
CONFIGURATION = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",  # texts: some MB a batch
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Kept items that do not fit into memory go to disk as they are: word hashes hardly shrink.
    "spark.rdd.compress": "false",
    # Between Java and Python: no network, and some MB at once.
    "spark.python.unix.domain.socket.enabled": "true",
    "spark.buffer.size": str(1 << 20),
    # What is shuffled has checksums of its compression already.
    "spark.shuffle.checksum.enabled": "false",
    # Java only moves bytes here and the compiled loops are Python's, so its second compiler costs
    # more than it wins. The `extraJavaOptions` of the user stand behind these, and so count more.
    "spark.driver.defaultJavaOptions": _FIRST_COMPILER,
    "spark.executor.defaultJavaOptions": _FIRST_COMPILER,
}

#: What a call to Spark raises when Spark has ended, or was told to end while it ran.
STOPPED = (Py4JError, PySparkException, ConnectionError)


#: Seconds that Spark has for clearing up when it is told to end.
PATIENCE = 20.0


@contextmanager
def session(
    master: str | None,
    options: Mapping[str, str] | None = None,
    log: IO[bytes] | None = None,
) -> Iterator[SparkSession]:
    """The active session, if no `master` is named and there is one; else a new one at `master`
    (default: what spark-submit says, else this machine's cores), stopped at the end.

    `log`: where Java's process writes what it has to say, by default standard error.
    """
    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        yield active
        return
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    configuration = SparkConf().setAppName("dedup")
    if master is not None:
        configuration.setMaster(master)
    for name, value in {**CONFIGURATION, **(options or {})}.items():
        configuration.set(name, value)
    if SparkContext._gateway is None:
        # In a process group of its own: what ends this program by its group would end Java's
        # first, which then could clear up nothing. It ends when the pipe to it is closed.
        process = {"start_new_session": True, "stdout": log, "stderr": log}
        with _signals_deferred():
            gateway = launch_gateway(configuration, process)  # type: ignore[no-untyped-call]
        SparkContext._ensure_initialized(gateway=gateway, conf=configuration)
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    context = SparkContext.getOrCreate(configuration)
    try:
        with _jobs_cancelled(context, handlers):
            yield SparkSession.builder.getOrCreate()
    finally:
        apart(context.stop)


def apart(action: Callable[[], object]) -> None:
    """Have Spark clear something up, even if this thread was told to end during a call to it.

    The call's connection still waits for its answer, and each thread has a connection of its own.
    Where Spark has ended, or does not answer for long, nothing is cleared up.
    """

    def attempt() -> None:
        with suppress(*STOPPED):
            action()

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(PATIENCE)


@contextmanager
def _signals_deferred() -> Iterator[None]:
    """A signal that comes meanwhile is handled afterwards.

    Java's process ends with the pipe to it, but not while it starts: it would stay behind.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    for number in handlers:
        signal.signal(number, lambda one, _: arrived.append(one))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if arrived:
            signal.raise_signal(signal.Signals(arrived[0]))


#: What handles a signal, as `signal.getsignal` gives it.
_Handler: TypeAlias = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


@contextmanager
def _jobs_cancelled(
    context: SparkContext, handlers: Mapping[signal.Signals, _Handler]
) -> Iterator[None]:
    """A signal that ends this program cancels Spark's jobs first; else it would wait for them.

    `handlers`: what handled the signals before the session was made, which handled Ctrl-C anew.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def cancel(number: int, frame: FrameType | None) -> None:
        apart(context.cancelAllJobs)
        handler = handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in handlers.items():
        signal.signal(number, cancel if callable(handler) else handler)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def asked_to_end(error: BaseException) -> BaseException | None:
    """What ended the program, if an error of Spark only followed from that."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, SystemExit | KeyboardInterrupt):
        cause = cause.__context__
    return cause


@contextmanager
def configured(spark: SparkSession, options: Mapping[str, str]) -> Iterator[None]:
    """Set options of a session for a while."""
    before: dict[str, str | None] = {}
    for name, value in options.items():
        before[name] = spark.conf.get(name, None)
        spark.conf.set(name, value)

    def restore() -> None:
        for name, value in before.items():
            if value is None:
                spark.conf.unset(name)
            else:
                spark.conf.set(name, value)

    try:
        yield
    finally:
        apart(restore)
