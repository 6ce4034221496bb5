"""The processes of a router: the loop that copies, the writer, their supervisor."""
