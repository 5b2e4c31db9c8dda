"""A real nginx with the shipped configuration: other ports and other servers, nothing else changed."""

import os
import re
import socket
import subprocess
from contextlib import contextmanager

from tests.server import ROOT, wait_until

CONF = """
{user}
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    log_format upstream $upstream_addr;
    access_log {folder}/access.log upstream;
    {temporary}
    include {folder}/artbot.conf;
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(folder, *addresses):
    """Its address, in front of these servers."""
    port = free_port()
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    servers = " ".join(f"server {address.removeprefix('http://')};" for address in addresses)
    mine, replaced = re.subn(r"server 127\.0\.0\.1:5001;", servers, shipped)
    mine, moved = re.subn(r"listen 80;", f"listen 127.0.0.1:{port};", mine)
    assert (replaced, moved) == (1, 1)
    (folder / "artbot.conf").write_text(mine)
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    user = "user root;" if os.getuid() == 0 else ""  # its workers write into our folder
    (folder / "nginx.conf").write_text(CONF.format(folder=folder, temporary=temporary, user=user))
    process = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port), what="nginx")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
