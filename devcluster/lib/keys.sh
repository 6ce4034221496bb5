# shellcheck shell=bash
# The cluster's certificates and kubeconfigs. They are made once and kept with the state.

EC_KEY=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)

cert() { # NAME SUBJECT [SUBJECT-ALT-NAMES]
    local pki=$CLUSTER/pki
    [ ! -s "$pki/$1.crt" ] || return 0
    openssl req "${EC_KEY[@]}" -keyout "$pki/$1.key" -subj "$2" -out "$pki/$1.csr" 2> /dev/null
    openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 3650 \
        -out "$pki/$1.crt" -extfile <(cert_extensions "${3:-}") 2> /dev/null
    rm "$pki/$1.csr"
}

cert_extensions() { # SUBJECT-ALT-NAMES
    printf 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n'
    [ -z "$1" ] || printf 'subjectAltName=%s\n' "$1"
}

kubeconfig() { # FILE CERT SERVER: self-contained, so that it can be copied anywhere
    [ ! -s "$1" ] || return 0
    (umask 077 && kubeconfig_text "$2" "$3" > "$1")
}

kubeconfig_text() { # CERT SERVER
    local pki=$CLUSTER/pki
    cat << EOF
apiVersion: v1
kind: Config
current-context: $CONTEXT
clusters:
- name: $CONTEXT
  cluster:
    server: https://$2:6443
    certificate-authority-data: $(base64 -w0 "$pki/ca.crt")
users:
- name: $CONTEXT-$1
  user:
    client-certificate-data: $(base64 -w0 "$pki/$1.crt")
    client-key-data: $(base64 -w0 "$pki/$1.key")
contexts:
- name: $CONTEXT
  context: {cluster: $CONTEXT, user: $CONTEXT-$1}
EOF
}

keys() {
    local pki=$CLUSTER/pki name
    mkdir -p "$pki"
    chmod 700 "$pki"
    [ -s "$pki/ca.crt" ] || openssl req -x509 "${EC_KEY[@]}" -keyout "$pki/ca.key" -out "$pki/ca.crt" -days 3650 \
        -subj "/CN=$CONTEXT-ca" -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature 2> /dev/null
    [ -s "$pki/sa.key" ] || openssl genrsa -out "$pki/sa.key" 2048 2> /dev/null # signs service account tokens
    cert apiserver /CN=kube-apiserver "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$API_SERVICE_IP,IP:$NODE_IP,IP:$LINK_IN"
    # the names and groups are those that the built-in RBAC roles and the Node authorizer look for
    cert admin /O=system:masters/CN=admin
    cert controller-manager /CN=system:kube-controller-manager
    cert scheduler /CN=system:kube-scheduler
    cert proxy /CN=system:kube-proxy
    cert kube-router /CN=system:kube-router
    cert kubelet "/O=system:nodes/CN=system:node:$NODE"
    for name in controller-manager scheduler proxy kube-router kubelet; do
        kubeconfig "$CLUSTER/$name.kubeconfig" "$name" 127.0.0.1
    done
    kubeconfig "$CLUSTER/kubeconfig" admin "$LINK_IN"
}
