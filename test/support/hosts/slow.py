"""Forwards frames between two interfaces with a delay and a limited rate: slow.py LEFT RIGHT SECONDS BYTES_PER_SECOND.

Each direction has its own queue. A frame that does not fit into the queue is dropped, as in a router. The program ends
when its standard input is closed. (netem of the kernel would do the same, but not every kernel has it.)
"""
import collections
import select
import socket
import sys
import time

SOL_PACKET, PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 263, 15, 23
QUEUE = 1 << 20


def open_interface(name):
    interface = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    # Between interfaces of one machine, frames are large and have no checksums; this header tells the receiver so.
    interface.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    interface.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    interface.bind((name, 3))
    return interface


left, right = open_interface(sys.argv[1]), open_interface(sys.argv[2])
delay, rate = float(sys.argv[3]), float(sys.argv[4])
other = {left: right, right: left}
queues = {left: collections.deque(), right: collections.deque()}
queued_bytes = {left: 0, right: 0}
free_at = {left: 0.0, right: 0.0}
print('passing', flush=True)

while True:
    due = [queue[0][0] for queue in queues.values() if queue]
    timeout = max(0.0, min(due) - time.monotonic()) if due else None
    ready = select.select([left, right, sys.stdin], [], [], timeout)[0]
    if sys.stdin in ready:
        break
    for end in ready:
        frame = end.recv(1 << 17)
        if queued_bytes[end] + len(frame) > QUEUE:
            continue
        free_at[end] = max(free_at[end], time.monotonic()) + (len(frame) / rate if rate else 0)
        queues[end].append((free_at[end] + delay, frame))
        queued_bytes[end] += len(frame)
    for end, queue in queues.items():
        while queue and queue[0][0] <= time.monotonic():
            frame = queue.popleft()[1]
            queued_bytes[end] -= len(frame)
            try:
                other[end].send(frame)
            except OSError:
                pass  # The other interface is down: drop the frame.
