"""The operator with thousands of accounts, whose terminal pods run on nodes that do not exist (kwok)."""
