"""An image like docker.io/library/nginx, from the distribution's nginx and the libraries that it needs."""

from pathlib import Path

from hack.images.busybox import GROUP, PASSWD
from hack.images.layout import Tree
from hack.images.packages import find_program, libraries_of

CONFIG = {
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    "Cmd": ["nginx", "-g", "daemon off;"],
    "ExposedPorts": {"80/tcp": {}},
    "StopSignal": "SIGQUIT",
}
NGINX_CONF = """\
user www-data;
worker_processes 1;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events { worker_connections 256; }
http {
    default_type text/html;
    access_log /dev/stdout;
    server {
        listen 80;
        listen [::]:80;
        root /usr/share/nginx/html;
    }
}
"""
PAGE = "<!DOCTYPE html>\n<title>Welcome to nginx!</title>\n<h1>Welcome to nginx!</h1>\n"
FOLDERS = (
    *("dev", "etc", "etc/nginx", "proc", "run", "sys", "usr", "usr/sbin", "usr/share", "usr/share/nginx"),
    *("usr/share/nginx/html", "var", "var/lib", "var/lib/nginx", "var/log", "var/log/nginx"),
)


def nginx_tree(scratch: Path) -> Tree:
    """The root filesystem: nginx, its libraries, a configuration, one page."""
    program = find_program("nginx", "nginx", scratch)
    libraries = libraries_of(program, "nginx", scratch)
    folders = {str(parent).strip("/") for path in libraries for parent in Path(path).parents}
    tree = Tree()
    for folder in sorted(folders - {"", "."} | set(FOLDERS)):
        tree.folder(folder)
    tree.folder("tmp", mode=0o1777)
    tree.file("usr/sbin/nginx", program.read_bytes(), mode=0o755)
    for path, source in sorted(libraries.items()):
        tree.file(path, source.read_bytes(), mode=0o755)
    tree.file("etc/nginx/nginx.conf", NGINX_CONF)
    tree.file("etc/passwd", PASSWD)
    tree.file("etc/group", GROUP)
    tree.file("usr/share/nginx/html/index.html", PAGE)
    return tree
