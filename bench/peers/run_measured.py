"""Runs a command and tells, as the last line of the standard output, what it and all processes below it took.

Linux only: processes that outlive their parents, as Ray's do, are adopted, so that their CPU time counts.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
SECONDS_TO_END = 10


def reap_orphans():
    """Waits for adopted processes; those that go on for too long are killed, and counted up to then."""
    deadline = time.monotonic() + SECONDS_TO_END
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid != 0:
            continue
        if time.monotonic() > deadline:
            for child in children():
                os.kill(child, signal.SIGKILL)
        time.sleep(0.05)


def children():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(pid) for pid in file.read().split()]


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    start = time.perf_counter()
    command = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wall = time.perf_counter() - start
    reap_orphans()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "status": command.returncode,
        "wallSeconds": wall,
        "cpuSeconds": usage.ru_utime + usage.ru_stime,
        "stdout": command.stdout.decode(errors="replace"),
        "stderr": command.stderr.decode(errors="replace"),
    }
    print(json.dumps(result))


main()
