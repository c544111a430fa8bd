# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The cluster's own certificate authorities and what they sign. Sourced by cluster.

# Three authorities: the cluster's, the one whose clients may speak for others (the
# aggregation layer), and etcd's, so that no cluster user can open the store itself.
authority() { # FILE COMMON-NAME
  certify "$1" "/CN=$2" -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
}

client_certificate() { # FILE SUBJECT [AUTHORITY]
  leaf "$1" "$2" "${3:-ca}" -addext extendedKeyUsage=clientAuth
}

server_certificate() { # FILE SUBJECT SANS [AUTHORITY]
  leaf "$1" "$2" "${4:-ca}" -addext extendedKeyUsage=serverAuth,clientAuth -addext "subjectAltName=$3"
}

leaf() { # FILE SUBJECT AUTHORITY OPTION...
  local file=$1 subject=$2 authority=$S/pki/$3
  shift 3
  certify "$file" "$subject" -CA "$authority.crt" -CAkey "$authority.key" \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature "$@"
}

certify() { # FILE SUBJECT OPTION...
  local file=$S/pki/$1 subject=$2
  shift 2
  (umask 077 && openssl req -x509 -config "$S/pki/openssl.cnf" -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
    -noenc -days 3650 -subj "$subject" -keyout "$file.key" -out "$file.crt" "$@" 2>"$file.err") ||
    die "openssl: $(head -1 "$file.err")"
  rm "$file.err"
}

# In a subshell, so that its "wait" waits for nothing else.
make_certificates() (
  local jobs=() job name
  mkdir -p "$S/pki"
  printf '[req]\ndistinguished_name = dn\n[dn]\n' >"$S/pki/openssl.cnf"
  authority ca evalscaler-test-ca
  authority front-ca evalscaler-test-front-proxy-ca
  authority etcd-ca evalscaler-test-etcd-ca
  (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$S/pki/sa.key")
  openssl pkey -in "$S/pki/sa.key" -pubout -out "$S/pki/sa.pub"

  name=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:$service_name
  server_certificate apiserver /CN=kube-apiserver \
    "$name,IP:127.0.0.1,IP:$address,IP:$service_address" & jobs+=($!)
  client_certificate admin /O=system:masters/CN=admin & jobs+=($!)
  client_certificate apiserver-kubelet /CN=kube-apiserver-kubelet-client & jobs+=($!)
  client_certificate front-client /CN=front-proxy-client front-ca & jobs+=($!)
  server_certificate etcd /CN=etcd DNS:localhost,IP:127.0.0.1 etcd-ca & jobs+=($!)
  client_certificate etcd-client /CN=kube-apiserver etcd-ca & jobs+=($!)
  if [ "$level" != api ]; then
    for name in kube-controller-manager kube-scheduler kube-proxy kwok coredns; do
      client_certificate $name /CN=system:$name & jobs+=($!)
    done
    client_certificate kubelet /O=system:nodes/CN=system:node:node0 & jobs+=($!)
    server_certificate kubelet-server /O=system:nodes/CN=system:node:node0 "DNS:node0,IP:$address" & jobs+=($!)
  fi
  for job in "${jobs[@]}"; do wait "$job" || exit 1; done

  if [ "$level" != api ]; then
    for name in kube-controller-manager kube-scheduler kube-proxy kwok coredns kubelet; do
      write_kubeconfig "$S/etc/$name.kubeconfig" $name "$url"
    done
  fi
  write_kubeconfig "$S/kubeconfig" admin "$url"
)

write_kubeconfig() { # FILE CERTIFICATE URL
  local pki=$S/pki
  (umask 077 && cat >"$1") <<YAML
apiVersion: v1
kind: Config
clusters:
- name: evalscaler-test
  cluster: {server: "$3", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}
users:
- name: $2
  user:
    client-certificate-data: $(base64 -w0 "$pki/$2.crt")
    client-key-data: $(base64 -w0 "$pki/$2.key")
contexts:
- name: evalscaler-test
  context: {cluster: evalscaler-test, user: $2}
current-context: evalscaler-test
YAML
}

user() { # NAME [GROUP...]
  local name=$1 subject='' part
  shift
  for part in "$name" "$@"; do
    [[ $part =~ ^[A-Za-z0-9][A-Za-z0-9:._@-]*$ ]] ||
      die "user: '$part' is no name (letters, digits and :._@- are)"
  done
  for part; do subject+=/O=$part; done
  client_certificate "user-$name" "$subject/CN=$name"
  write_kubeconfig "$S/$name.kubeconfig" "user-$name" "$url"
  echo "$S/$name.kubeconfig"
}
