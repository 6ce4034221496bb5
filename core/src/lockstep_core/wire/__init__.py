"""The wire between terminal, relay and router: one definition for Python, C++ and MQL.

`layout` says what a field is, `frames` what a frame holds, `envelope` what surrounds frames between relay and router,
`codec` turns frames into bytes and back, `headers` writes the C++ and MQL headers.
"""
