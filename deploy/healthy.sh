#!/usr/bin/env bash
# Asks the server of this container whether it lives or is ready: healthy.sh live|ready [PORT]. /health answers callers on its own machine
# without a token, so probes ask from inside; the image has bash and no curl.
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/${2:-8080}"
printf 'GET /health/%s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
read -r -t 5 _ status _ <&3
[ "$status" = 200 ]
