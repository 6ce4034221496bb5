module mt5-checker

go 1.23

// CPython for Windows, as python-build-standalone makes it.
require github.com/kluctl/go-embed-python v0.0.0-3.11.11-20241219-1
