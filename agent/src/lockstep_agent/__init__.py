"""First process of a terminal pod.

`boot` decides what happens next, over plain events; `supervisor` lets it happen. `journal` reads what the terminal writes
about itself, `ini` and `start_file` write what it reads, `tree` prepares its files, `keyring` and `keys` fetch what only
this pod may know, `processes` starts and ends Xvfb, Wine and the relay, `health` answers probes. The `relay` is a process
of its own: it speaks to the router while everything here may wait.
"""
