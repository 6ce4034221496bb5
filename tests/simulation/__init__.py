"""The real router engine and real relay sessions in one process under a virtual clock.

Around them stand exact models of what cannot run here: terminals with the bridge's programs, brokers, the database.
Scenarios of trades and faults are made from a seed. `python -m tests.simulation --seed N` plays one, and prints the
shortest one that still fails.
"""
