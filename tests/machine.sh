#!/bin/sh
# Installs the Debian packages that the tests need and this machine lacks: a browser with Chinese letters, PostgreSQL,
# Redis, nginx, Node, PHP and Java. Does nothing when all are there; says what is missing when it may not install.
set -eu

missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v node >/dev/null || missing="$missing nodejs"
command -v npm >/dev/null || missing="$missing npm"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v redis-server >/dev/null || missing="$missing redis-server"
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || missing="$missing fonts-noto-cjk"
php -r 'exit(function_exists("curl_init") ? 0 : 1);' 2>/dev/null || missing="$missing php-cli php-curl"
command -v nginx >/dev/null || missing="$missing nginx-light"
command -v systemd-analyze >/dev/null || missing="$missing systemd"
command -v javac >/dev/null || missing="$missing default-jdk-headless"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=""
elif sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "The tests need these packages, which only root may install: apt-get install$missing" >&2
    exit 1
fi
$as_root apt-get update -qq
# shellcheck disable=SC2086
# RUNLEVEL=1: nothing that is installed here is started as a service.
$as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
