"""The native end of the bridge: one process between the terminal's two TCP connections and the router's two sockets.

`ledger` and `session` decide, over plain bytes and a clock that is handed in; `stream` cuts and checks what the terminal
sends; `ticks` keeps the newest quotes; `lines` is what agent and relay say to each other; `loop` moves the bytes.
"""
