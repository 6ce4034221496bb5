# shellcheck shell=bash
# The two images that the node itself needs, each one static binary: made here, since there is no registry to pull from.

PAUSE=localhost/lockstep-node/pause:1

ctr_() { ctr --address "$RUN/containerd.sock" --namespace k8s.io "$@"; }

has_image() { ctr_ images ls -q 2> /dev/null | grep -qxF "$1"; }

import_binary() { # IMAGE BINARY USER: an image of that one file, with it as the entry point
    local dir name diff
    dir=$(mktemp -d) name=$(basename "$2")
    cp "$2" "$dir/$name"
    chmod 755 "$dir/$name"
    tar -C "$dir" --owner=0 --group=0 -cf "$dir/layer.tar" "$name"
    diff=$(sha256sum "$dir/layer.tar" | cut -d' ' -f1)
    printf '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/%s"],"User":"%s"},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "$name" "$3" "$diff" > "$dir/config.json"
    printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$1" > "$dir/manifest.json"
    tar -C "$dir" -cf "$dir/image.tar" manifest.json config.json layer.tar
    ctr_ images import "$dir/image.tar" > /dev/null
    rm -r "$dir"
}

pause_image() { # the process that holds a pod's namespaces
    local dir
    has_image "$PAUSE" && return 0
    dir=$(mktemp -d)
    gcc -Os -static -s -o "$dir/pause" "$DEVCLUSTER/src/pause/pause.c"
    import_binary "$PAUSE" "$dir/pause" 65535:65535
    rm -r "$dir"
}
