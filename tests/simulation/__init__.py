"""Every room's mind in one process under a virtual clock: real router engine, real relay sessions, exact models around them."""
