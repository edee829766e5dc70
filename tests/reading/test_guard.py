"""The guarded process: whatever happens in it, the caller gets a result or one sentence."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.errors import InputError, KnowledgeError, LimitExceeded, ToolMissing
from poem_kg.guard import run_guarded
from poem_kg.limits import Limits
from tests.cohort.runs import children

# A test here forks beside a thread, of which Python 3.12 and later warn.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

MEGABYTE = 1_000_000


def kill(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture
def others() -> set[int]:
    """Processes that this one has started before, for other tests."""
    return set(children(os.getpid()))


def no_children_left(others: set[int]) -> bool:
    """Whether no further process is left, not even one that is dead and not fetched."""
    return set(children(os.getpid())) <= others


def test_the_result_comes_back() -> None:
    assert run_guarded(divmod, 7, 2) == (3, 1)


def test_a_result_larger_than_a_pipe_comes_back() -> None:
    assert len(run_guarded(lambda: b"x" * 20 * MEGABYTE)) == 20 * MEGABYTE


def test_it_runs_in_another_process() -> None:
    assert run_guarded(os.getpid) != os.getpid()


def test_our_own_errors_come_back_as_they_were_raised() -> None:
    def fail() -> None:
        raise InputError("patient.ttl:3", "no dot", "add one")

    with pytest.raises(InputError) as caught:
        run_guarded(fail)
    assert str(caught.value) == "patient.ttl:3: no dot; add one"


def test_a_knowledge_error_stays_one() -> None:
    def fail() -> None:
        raise KnowledgeError("the ontology is broken")

    with pytest.raises(KnowledgeError, match="the ontology is broken"):
        run_guarded(fail)


def test_any_other_error_becomes_a_plain_reason() -> None:
    with pytest.raises(InputError, match=r"^f\.ttl: reading stopped with ZeroDivisionError"):
        run_guarded(divmod, 1, 0, where="f.ttl")


def test_a_result_that_cannot_be_sent_becomes_a_plain_reason() -> None:
    with pytest.raises(InputError, match="reading stopped with"):
        run_guarded(threading.Lock)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_becomes_one_sentence(number: signal.Signals) -> None:
    with pytest.raises(InputError, match=f"crashed the reading process .{number.name}."):
        run_guarded(kill, number)


def test_a_read_of_address_zero_becomes_one_sentence(stderr: Callable[[], str]) -> None:
    with pytest.raises(InputError, match="SIGSEGV"):
        run_guarded(ctypes.string_at, 0)
    assert stderr() == ""


def test_the_stack_overflow_of_the_parser_becomes_one_sentence(stderr: Callable[[], str]) -> None:
    text = b"<a:a> <a:b> " + b"<<( <a:a> <a:b> " * 100_000 + b"<a:c>" + b" )>>" * 100_000 + b" ."

    def parse() -> int:
        return len(list(ox.parse(text, ox.RdfFormat.TURTLE)))

    with pytest.raises(InputError, match="crashed the reading process"):
        run_guarded(parse)
    assert stderr() == ""


def test_nothing_that_the_child_prints_is_seen(stderr: Callable[[], str]) -> None:
    def shout() -> None:
        print("to stdout", flush=True)
        print("to stderr", file=sys.stderr, flush=True)
        os.write(1, b"to 1")
        os.write(2, b"to 2")

    run_guarded(shout)
    assert stderr() == ""


def test_a_child_that_leaves_without_a_word_becomes_one_sentence() -> None:
    with pytest.raises(InputError, match="no message"):
        run_guarded(os._exit, 0)


def test_a_memory_hog_is_stopped_by_the_limit_and_not_by_the_machine() -> None:
    def hog() -> int:
        return len([bytearray(10 * MEGABYTE) for _ in range(1000)])

    with pytest.raises(LimitExceeded, match="takes more than 50 MB of memory"):
        run_guarded(hog, limits=Limits(memory_bytes=50 * MEGABYTE))


def test_the_memory_limit_is_on_top_of_what_the_parent_holds() -> None:
    ballast = bytearray(300 * MEGABYTE)
    size = run_guarded(
        lambda: len(bytearray(60 * MEGABYTE)), limits=Limits(memory_bytes=100 * MEGABYTE)
    )
    assert (size, len(ballast)) == (60 * MEGABYTE, 300 * MEGABYTE)


@pytest.mark.parametrize("loop", [lambda: [None for _ in iter(int, 1)], lambda: time.sleep(60)])
def test_what_does_not_end_is_killed_at_the_deadline(
    loop: Callable[[], object], others: set[int]
) -> None:
    start = time.monotonic()
    with pytest.raises(LimitExceeded, match=r"takes longer than 0\.3 s"):
        run_guarded(loop, limits=Limits(seconds=0.3))
    assert time.monotonic() - start < 2
    assert no_children_left(others)


def test_a_loop_that_blocks_signals_is_killed_at_the_deadline() -> None:
    def stubborn() -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass

    start = time.monotonic()
    with pytest.raises(LimitExceeded, match="takes longer"):
        run_guarded(stubborn, limits=Limits(seconds=0.3))
    assert time.monotonic() - start < 4.5


def test_the_signal_handlers_of_the_caller_do_not_run_in_the_child() -> None:
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        with pytest.raises(InputError, match="SIGTERM"):
            run_guarded(kill, signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_the_fault_handler_of_the_caller_is_silent_in_the_child(tmp_path: Path) -> None:
    report = tmp_path / "report"
    program = (
        "import faulthandler, os, sys\n"
        "from poem_kg.errors import InputError\n"
        "from poem_kg.guard import run_guarded\n"
        "faulthandler.enable(open(sys.argv[1], 'w'))\n"
        "try:\n    run_guarded(lambda: os.kill(os.getpid(), 11))\n"
        "except InputError as error:\n    print(error)\n"
    )
    command = [sys.executable, "-c", program, str(report)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "SIGSEGV" in ended.stdout
    assert (report.read_text(), ended.stderr) == ("", "")


def test_the_child_is_bound_in_processor_time_and_leaves_no_core_file() -> None:
    def bounds() -> tuple[int, int]:
        processor, _ = resource.getrlimit(resource.RLIMIT_CPU)
        core, _ = resource.getrlimit(resource.RLIMIT_CORE)
        return processor, core

    assert run_guarded(bounds, limits=Limits(seconds=2.5)) == (4, 0)


def test_a_result_beyond_its_limit_is_refused() -> None:
    limits = Limits(result_bytes=1000)
    assert len(run_guarded(lambda: b"x" * 900, limits=limits)) == 900
    with pytest.raises(LimitExceeded, match="comes to more than"):
        run_guarded(lambda: b"x" * 1001, limits=limits)


def test_every_child_is_reaped_and_no_descriptor_is_lost(others: set[int]) -> None:
    before = len(os.listdir("/dev/fd"))
    for number in (signal.SIGSEGV, signal.SIGKILL) * 5:
        with pytest.raises(InputError):
            run_guarded(kill, number)
        run_guarded(int)
    assert no_children_left(others)
    assert len(os.listdir("/dev/fd")) == before


def test_a_crash_is_seen_while_another_thread_holds_a_child_open() -> None:
    slow = threading.Thread(target=run_guarded, args=(time.sleep, 5))
    start = time.monotonic()
    slow.start()
    try:
        for _ in range(5):
            with pytest.raises(InputError, match="SIGSEGV"):
                run_guarded(kill, signal.SIGSEGV)
        assert time.monotonic() - start < 4.5
    finally:
        slow.join()


def test_a_crash_is_seen_though_a_grandchild_keeps_the_pipe_open() -> None:
    def leave_a_child() -> None:
        if os.fork() == 0:
            time.sleep(1.5)
            os._exit(0)
        kill(signal.SIGSEGV)

    start = time.monotonic()
    with pytest.raises(InputError, match="SIGSEGV"):
        run_guarded(leave_a_child)
    assert time.monotonic() - start < 1


def test_a_guarded_function_may_be_guarded_again() -> None:
    assert run_guarded(run_guarded, divmod, 7, 2) == (3, 1)


def test_a_system_without_fork_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(ToolMissing, match="cannot fork"):
        run_guarded(int)
