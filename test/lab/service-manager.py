#!/usr/bin/env python3
"""Starts the launcher in PORTOLAN_LAUNCHER with its own arguments, as systemd starts a service of Type=notify, and keeps
sockets for it: sd_notify(3), sd_listen_fds_with_names(3). SIGUSR1 kills the service, SIGUSR2 starts it anew. The names of
what is kept stand in the file PORTOLAN_KEPT, one a line."""
import array
import os
import signal
import socket
import sys

launcher, kept_file = os.environ["PORTOLAN_LAUNCHER"], os.environ["PORTOLAN_KEPT"]
path = kept_file + ".notify"
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(path)
kept: list[tuple[str, int]] = []
child = 0


def start(*_):
    global child
    child = os.fork()
    if child > 0:
        return
    # Out of the way of the numbers that they are to have.
    above = [os.dup2(fd, 1000 + i) for i, (_, fd) in enumerate(kept)]
    for i, fd in enumerate(above):
        os.dup2(fd, 3 + i, inheritable=True)
    os.closerange(3 + len(kept), 3000)
    listening = {
        "LISTEN_PID": str(os.getpid()),
        "LISTEN_FDS": str(len(kept)),
        "LISTEN_FDNAMES": ":".join(name for name, _ in kept),
    }
    env = {**os.environ, "NOTIFY_SOCKET": path, **(listening if kept else {})}
    os.execve(launcher, [launcher, *sys.argv[1:]], env)


def end(number):
    os.kill(child, number)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def stop(*_):
    sys.exit(end(signal.SIGTERM))


def heard():
    size = array.array("i").itemsize
    message, control, _, _ = notify.recvmsg(4096, socket.CMSG_SPACE(8 * size))
    fds = array.array("i")
    for level, kind, data in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(data[: len(data) - len(data) % size])
    fields = dict(line.split("=", 1) for line in message.decode().splitlines())
    if "FDSTORE" in fields:
        kept.extend((fields["FDNAME"], fd) for fd in fds)
    elif "FDSTOREREMOVE" in fields:
        for entry in [one for one in kept if one[0] == fields["FDNAME"]]:
            kept.remove(entry)
            os.close(entry[1])
    else:
        return
    with open(kept_file + ".new", "w") as file:
        file.writelines(f"{name}\n" for name, _ in kept)
    os.rename(kept_file + ".new", kept_file)


signal.signal(signal.SIGUSR1, lambda *_: end(signal.SIGKILL))
signal.signal(signal.SIGUSR2, start)
signal.signal(signal.SIGTERM, stop)
start()
while True:
    heard()
