"""Servers and clients in many network namespaces, all at once in one process.

Standard input: {"servers": [[netns path, port], ...], "probes": [[netns path, "tcp" or "udp", address, port], ...],
"seconds": number}. Servers hear TCP and UDP of both families, and answer with the client's address.
Standard output: for each probe that address, or "refused", "unreachable" or "drop" (nothing came).
"""
import ctypes, errno, json, os, selectors, socket, sys, time

CLONE_NEWNET = 0x40000000
IP_RECVERR, IPV6_RECVERR = 11, 25
libc = ctypes.CDLL(None, use_errno=True)
order = json.load(sys.stdin)
selector = selectors.DefaultSelector()
answers = ["drop"] * len(order["probes"])
open_probes = set()
inside = None


def enter(path):
    global inside
    if path == inside:
        return
    fd = os.open(path, os.O_RDONLY)
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), path)
    os.close(fd)
    inside = path


def address(peer):
    return peer[0].removeprefix("::ffff:").encode()


def serve(kind, port):
    server = socket.socket(socket.AF_INET6, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.setblocking(False)
    server.bind(("::", port))
    if kind == socket.SOCK_STREAM:
        server.listen(128)
        selector.register(server, selectors.EVENT_READ, lambda: greet(server))
    else:
        selector.register(server, selectors.EVENT_READ, lambda: reply(server))


def greet(server):
    client, peer = server.accept()
    client.send(address(peer))
    client.close()


def reply(server):
    _, peer = server.recvfrom(64)
    server.sendto(address(peer), peer)


def begin(number, protocol, to, port):
    family = socket.AF_INET6 if ":" in to else socket.AF_INET
    client = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    client.setblocking(False)
    if protocol == "udp":
        client.setsockopt(*((socket.IPPROTO_IPV6, IPV6_RECVERR, 1) if ":" in to else (socket.IPPROTO_IP, IP_RECVERR, 1)))
    open_probes.add(number)
    try:
        client.connect((to, port))
        if protocol == "udp":
            client.send(b"?")
    except BlockingIOError:
        pass
    except OSError as error:
        return end(number, client, word(error), False)
    selector.register(client, selectors.EVENT_READ, lambda: hear(number, client))


def hear(number, client):
    try:
        text = client.recv(64).decode() or "closed"
    except BlockingIOError:
        return
    except OSError as error:
        text = word(error)
    end(number, client, text, True)


def end(number, client, text, registered):
    answers[number] = text
    open_probes.discard(number)
    if registered:
        selector.unregister(client)
    client.close()


def word(error):
    if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES):
        return "unreachable"
    return "refused" if error.errno in (errno.ECONNREFUSED, errno.ECONNRESET) else errno.errorcode[error.errno]


def turn(until):
    while open_probes and (left := until - time.monotonic()) > 0:
        for key, _ in selector.select(left):
            key.data()


for path, port in order["servers"]:
    enter(path)
    serve(socket.SOCK_STREAM, port)
    serve(socket.SOCK_DGRAM, port)
for number, (path, protocol, to, port) in enumerate(order["probes"]):
    enter(path)
    begin(number, protocol, to, port)
    if number % 50 == 49:
        turn(time.monotonic() + 0.01)
turn(time.monotonic() + order["seconds"])
json.dump(answers, sys.stdout)
