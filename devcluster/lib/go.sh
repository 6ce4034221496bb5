# shellcheck shell=bash
# A Go toolchain that is new enough: the one on the PATH, or else the one that tools/uv.lock names.

GO_MINOR=26

go_is_enough() { # COMMAND
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2> /dev/null) || return 1
    [[ $version =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$GO_MINOR" ]
}

go_command() { # prints the command to call
    local installed
    if go_is_enough go; then
        echo go
        return
    fi
    say "no Go 1.$GO_MINOR on the PATH: taking the one of tools/uv.lock"
    installed=$("$DEVCLUSTER/tools.sh" go)/bin/go
    go_is_enough "$installed" || die "Go 1.$GO_MINOR or newer is needed and could not be installed; put one on the PATH"
    echo "$installed"
}
