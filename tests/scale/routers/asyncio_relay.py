"""The same as `relay.c`, as `zmq.asyncio` has it.

usage: python -m tests.scale.routers.asyncio_relay PORT < secret key
"""

import asyncio
import sys

import zmq
import zmq.asyncio


async def serve(port: int, secret: bytes) -> None:
    """Passes each message on to every other peer."""
    router = zmq.asyncio.Context().socket(zmq.ROUTER)
    router.curve_server, router.curve_secretkey = True, secret
    router.bind(f"tcp://127.0.0.1:{port}")
    peers: list[bytes] = []
    while True:
        peer, message = await router.recv_multipart()
        if peer not in peers:
            peers.append(peer)
            await router.send_multipart((peer, b"known"))
            continue
        for other in peers:
            if other != peer:
                await router.send_multipart((other, message))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.stdin.buffer.read(40)))
