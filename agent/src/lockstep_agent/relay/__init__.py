"""The relay: a process between the two TCP connections of the terminal's bridge and the two ZeroMQ sockets of the router.

`session` and `ledger` decide, without I/O and with a clock that is passed in. `stream` splits and checks the bytes of the
terminal, `ticks` keeps the newest quotes, and `lines` defines the messages between agent and relay. `loop` moves the bytes.
"""
