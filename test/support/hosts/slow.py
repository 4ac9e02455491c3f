"""Passes frames between two interfaces as a slow line does: slow.py LEFT RIGHT SECONDS BYTES_PER_SECOND.

Each direction has its own line. What does not fit into its queue is lost, as in a router. It ends with its standard
input. (The kernel's own means, netem, is not in every kernel.)
"""
import collections
import select
import socket
import sys
import time

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
QUEUE = 1 << 20


def listen(name):
    found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    # Frames are large and without checksums between interfaces of one machine; this header says so to the other end.
    found.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    found.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    found.bind((name, 3))
    return found


left, right = listen(sys.argv[1]), listen(sys.argv[2])
seconds, rate = float(sys.argv[3]), float(sys.argv[4])
other = {left: right, right: left}
queues = {left: collections.deque(), right: collections.deque()}
waiting = {left: 0, right: 0}
free = {left: 0.0, right: 0.0}
print('passing', flush=True)

while True:
    due = [queue[0][0] for queue in queues.values() if queue]
    timeout = max(0.0, min(due) - time.monotonic()) if due else None
    ready = select.select([left, right, sys.stdin], [], [], timeout)[0]
    if sys.stdin in ready:
        break
    for end in ready:
        frame = end.recv(1 << 17)
        if waiting[end] + len(frame) > QUEUE:
            continue
        free[end] = max(free[end], time.monotonic()) + (len(frame) / rate if rate else 0)
        queues[end].append((free[end] + seconds, frame))
        waiting[end] += len(frame)
    for end, queue in queues.items():
        while queue and queue[0][0] <= time.monotonic():
            frame = queue.popleft()[1]
            waiting[end] -= len(frame)
            try:
                other[end].send(frame)
            except OSError:
                pass  # The other end is down; so is the frame.
