#!/bin/sh
# Builds the Collector of builder.yaml once for each version of its sources, and prints the path of the binary.
# Needs Go 1.25 or newer and, the first time, the Go module proxy: about 2 minutes of CPU. Exit code 3: there is no Go.
set -eu
cd "$(dirname "$0")/otelcol"
command -v go >/dev/null || { echo "there is no Go on this machine" >&2; exit 3; }
key="$({ cat go.mod go.sum ./*.go; go env GOVERSION; } | cksum | cut -d' ' -f1)"
binary="${XDG_CACHE_HOME:-$HOME/.cache}/vedette/otelcol-$key"
if [ ! -x "$binary" ]; then
  mkdir -p "$(dirname "$binary")"
  GOFLAGS="-p=2 -mod=readonly -trimpath -buildvcs=false" nice \
    go build -tags grpcnotrace -ldflags "-s -w" -o "$binary.$$" . >&2
  mv "$binary.$$" "$binary"
fi
echo "$binary"
