"""The cluster of this machine: a process of its own, which nobody else can reach and which outlives nobody."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from multiprocessing import active_children
from multiprocessing.connection import Connection

import psutil
import pytest
from distributed import Client
from support import processes

from docgen.batch.engines import local_cluster
from docgen.batch.engines.local_cluster import open_local_cluster

COORDINATOR = """
import time
from multiprocessing import active_children
from docgen.batch.engines.local_cluster import open_local_cluster
with open_local_cluster(1) as address:
    print(address, active_children()[0].pid, flush=True)
    time.sleep(600)
"""


def answers(address: str) -> bool:
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    with socket.socket() as connection:
        return connection.connect_ex((host, int(port))) == 0


def are_gone(members: list[psutil.Process]) -> bool:
    return not any(member.is_running() and member.status() != psutil.STATUS_ZOMBIE for member in members)


@pytest.mark.heavy
def test_scheduler_and_workers_are_below_one_process_and_listen_on_this_machine_alone() -> None:
    with open_local_cluster(2) as address:
        (ours,) = active_children()
        members = [psutil.Process(ours.pid), *psutil.Process(ours.pid).children(recursive=True)]
        with Client(address, set_as_default=False) as client:
            workers = client.run(os.getpid)
        assert len(workers) == 2
        assert os.getpid() not in workers.values()
        assert set(workers.values()) < {member.pid for member in members}
        listening = [
            connection.laddr.ip
            for member in members
            for connection in member.net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert set(listening) == {"127.0.0.1"}
    assert are_gone(members)
    assert not answers(address)


@pytest.mark.heavy
def test_the_cluster_of_a_killed_coordinator_ends() -> None:
    with processes.start([sys.executable, "-c", COORDINATOR], stderr=subprocess.DEVNULL) as coordinator:
        assert coordinator.stdout is not None
        address, number = coordinator.stdout.readline().decode().split()
        members = [psutil.Process(int(number)), *psutil.Process(int(number)).children(recursive=True)]
        assert answers(address)
        coordinator.kill()
        coordinator.wait()
        until = time.monotonic() + 30
        while not are_gone(members) and time.monotonic() < until:
            time.sleep(0.1)
        assert are_gone(members)
        assert not answers(address)


def die(pipe: Connection, workers: int) -> None:
    os._exit(7)


def refuse(pipe: Connection, workers: int) -> None:
    pipe.send(RuntimeError("OSError: no ports"))


@pytest.mark.heavy
@pytest.mark.parametrize(("serve", "reason"), [(die, "exit code 7"), (refuse, "no ports")])
def test_a_cluster_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch, serve: object, reason: str) -> None:
    monkeypatch.setattr(local_cluster, "_serve", serve)
    with pytest.raises(RuntimeError, match=reason), open_local_cluster(1):
        pytest.fail("there is none")
    assert not active_children()
