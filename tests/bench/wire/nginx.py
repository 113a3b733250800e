"""nginx, serving the files of a folder as fast as it can."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.wire.servers import Server, serving
from tests.running import free_port

MISSING = "no nginx on the PATH (on Debian: apt-get install nginx-light)"

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  sendfile on;
  sendfile_max_chunk 2m;
  tcp_nopush on;
  default_type application/octet-stream;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; location = /ready {{ return 200; }} }}
}}
"""


@contextmanager
def static_files(folder: Path) -> Iterator[Server]:
    """One worker with sendfile on, in front of the files of a folder that lies in memory."""
    executable = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if executable is None:
        raise FileNotFoundError(MISSING)
    port, own = free_port(), folder / "nginx"
    own.mkdir()
    folder.chmod(0o755)  # started by root, the worker is somebody else
    configuration = own / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=own, root=folder, port=port))
    command = [executable, "-p", str(own), "-c", str(configuration)]
    with serving(command, port, "/ready") as server:
        yield server
