"""First process of a terminal pod.

`boot` decides what happens next, and `supervisor` carries it out. `wine_host` runs the terminal: `terminal_files`, `ini` and
`start_file` write its files, `journal` and `journal_files` read its log. `relay_keeper` runs the relay: `keyring_client` and
`pod_keys` fetch the password and the tickets. `children` starts and ends the processes, and `health` answers probes.

The `relay` is a process of its own, so that it can talk to the router while the agent waits for something.
"""
