"""What `make run` starts: every process, its environment and its readiness probe."""

import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis.asyncio
from psycopg.conninfo import make_conninfo

from concierge.child import ChildSpec, Probe, http_probe
from concierge.database import rasa_tracker_url
from concierge.embedded import embedded_postgres, embedded_redis
from kit.settings import ROOT, Settings

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
MODELS = ROOT / "nlu" / "models"


@dataclass(frozen=True)
class Ports:
    """Loopback ports. The defaults are fixed points of the program; tests take free ones."""

    web: int = 8000
    line: int = 8100
    my_id: int = 8101
    digital_auth: int = 8102
    rasa: int = 5005
    redis: int = 6380
    actions: int | None = None
    """A port of its own for the action server; None leaves it inside the web application."""


@dataclass(frozen=True)
class Plan:
    """Where everything is and how it is reached."""

    ports: Ports
    data_dir: Path
    postgres: ChildSpec | None
    redis: ChildSpec | None
    settings: Settings
    env: dict[str, str]


def make_plan(settings: Settings, ports: Ports, data_dir: Path) -> Plan:
    """Decide which servers are embedded and give all processes one environment."""
    database_url, postgres = settings.database_url, None
    if not database_url:
        server = embedded_postgres(data_dir / "postgres")
        database_url = server.url
        postgres = ChildSpec(
            "postgres",
            server.command,
            _postgres_probe(database_url),
            user=server.user,
            stop_signal=signal.SIGINT,
        )
    redis_url, redis_spec = settings.redis_url, None
    if not redis_url:
        server = embedded_redis(data_dir / "redis", ports.redis)
        redis_url = server.url
        redis_spec = ChildSpec("redis", server.command, _redis_probe(redis_url))
    env = _environment(settings, ports, database_url, redis_url)
    values = {name.lower(): value for name, value in env.items()}
    known = {k: v for k, v in values.items() if k in Settings.model_fields}
    return Plan(
        ports,
        data_dir,
        postgres,
        redis_spec,
        settings.model_copy(update=_typed(known)),
        _given() | env,
    )


def _typed(values: dict[str, str]) -> dict[str, object]:
    fresh = Settings(**values)  # type: ignore[arg-type]
    return {name: getattr(fresh, name) for name in values}


def _environment(
    settings: Settings, ports: Ports, database_url: str, redis_url: str
) -> dict[str, str]:
    line = f"http://127.0.0.1:{ports.line}"
    web = f"http://127.0.0.1:{ports.web}"
    actions = f"http://127.0.0.1:{ports.actions or ports.web}"
    # Whoever names a LINE of their own gets it; the stand-in is for all others.
    bases = {
        name.upper(): str(getattr(settings, name)) if name in settings.model_fields_set else line
        for name in ("line_api_base", "line_data_base", "line_access_base")
    }
    return {
        "CITY": settings.city,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PUBLIC_BASE_URL": web,
        "INTERNAL_BASE_URL": web,
        "INTERNAL_TOKEN": settings.internal_token.get_secret_value(),
        "RASA_URL": f"http://127.0.0.1:{ports.rasa}",
        "LINE_CHANNEL_ID": settings.line_channel_id,
        "LINE_CHANNEL_SECRET": settings.line_channel_secret.get_secret_value(),
        **bases,
        "LINE_TALK_URL": settings.line_talk_url or f"{line}/",
        "MY_ID_BASE": f"http://127.0.0.1:{ports.my_id}",
        "DIGITAL_AUTH_BASE": f"http://127.0.0.1:{ports.digital_auth}",
        "ACTION_ENDPOINT_URL": f"{actions}/actions/webhook",
        "RASA_TRACKER_URL": rasa_tracker_url(database_url),
        "PYTHONUNBUFFERED": "1",
    }


def _given() -> dict[str, str]:
    """Return the settings that somebody gave us, as they gave them."""
    known = Settings.model_fields.keys()
    return {name.upper(): given for name, given in os.environ.items() if name.lower() in known}


def _without_secrets(plan: Plan) -> dict[str, str]:
    """Return what a stand-in needs: neither our databases nor our keys."""
    ours = {"database_url", "redis_url", "internal_token", "identity_secrets", "rasa_tracker_url"}
    return {
        name: value
        for name, value in plan.env.items()
        if name.lower() not in ours and not name.lower().startswith("master_key")
    }


def _rasa_environment(plan: Plan) -> dict[str, str]:
    """Return what Rasa needs: where its actions and its own tables are."""
    asked = {name: os.environ[name] for name in RASA_MAY_HAVE if name in os.environ}
    return asked | {name: plan.env[name] for name in RASA_NEEDS} | RASA_ENV


def application(plan: Plan) -> list[ChildSpec]:
    """Return the processes of the application in starting order (the databases run already)."""
    stand_ins = [_my_id(plan), _digital_auth(plan)]
    specs = [_line_emulator(plan), *stand_ins, _rasa(plan), _web(plan)]
    if plan.ports.actions is not None:
        specs.append(_action_server(plan, plan.ports.actions))
    return [*specs, _worker(plan)]


def _line_emulator(plan: Plan) -> ChildSpec:
    port = plan.ports.line
    command = [
        *(sys.executable, "-m", "emulators.line", "--host", "127.0.0.1", "--port", str(port)),
        *("--webhook-url", f"http://127.0.0.1:{plan.ports.web}/line/webhook"),
    ]
    probe = http_probe(f"http://127.0.0.1:{port}/")
    return ChildSpec("line-emulator", command, probe, _without_secrets(plan))


def _my_id(plan: Plan) -> ChildSpec:
    web = f"http://127.0.0.1:{plan.ports.web}"
    return _stand_in(
        plan,
        "my-id",
        plan.ports.my_id,
        *("--redirect-uri", f"{web}/identity/my-id/callback"),
        *("--post-logout-redirect-uri", f"{web}/my/"),
    )


def _digital_auth(plan: Plan) -> ChildSpec:
    web = f"http://127.0.0.1:{plan.ports.web}"
    return _stand_in(
        plan,
        "digital-auth",
        plan.ports.digital_auth,
        *("--redirect-uri", f"{web}/identity/card/callback"),
        *("--client-jwks-uri", f"{web}/identity/card/jwks.json"),
    )


def _stand_in(plan: Plan, name: str, port: int, *more: str) -> ChildSpec:
    module = f"emulators.{name.replace('-', '_')}"
    command = [
        *(sys.executable, "-m", module, "--host", "127.0.0.1", "--port", str(port)),
        *more,
    ]
    probe = http_probe(f"http://127.0.0.1:{port}/emulator/health")
    return ChildSpec(name, command, probe, _without_secrets(plan))


def _rasa(plan: Plan) -> ChildSpec:
    port = plan.ports.rasa
    command = [
        *(str(RASA_PYTHON), "-m", "rasa", "run", "--model", str(MODELS)),
        *("--endpoints", str(ROOT / "nlu" / "endpoints.yml")),
        *("--credentials", str(ROOT / "nlu" / "credentials.yml")),
        *("--interface", "127.0.0.1", "--port", str(port)),
    ]
    # Rasa listens only once its model is loaded.
    probe = http_probe(f"http://127.0.0.1:{port}/")
    return ChildSpec("rasa", command, probe, _rasa_environment(plan), ready_seconds=120)


RASA_NEEDS = (
    *("CITY", "INTERNAL_TOKEN", "ACTION_ENDPOINT_URL", "RASA_TRACKER_URL", "PYTHONUNBUFFERED"),
)
RASA_MAY_HAVE = ("ACTION_TIMEOUT_SECONDS",)
RASA_ENV = {
    # In `light` stands what Rasa need not import.
    "PYTHONPATH": f"{ROOT / 'nlu' / 'light'}:{ROOT / 'nlu'}",
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    # Rasa imports thousands of modules; without their bytecode every start compiles them anew.
    "PYTHONDONTWRITEBYTECODE": "",
    # One turn at a time runs in Rasa; more threads would only take the cores from the others.
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def _web(plan: Plan) -> ChildSpec:
    return _uvicorn(plan, "web", "make_web", plan.ports.web, "/readyz")


def _action_server(plan: Plan, port: int) -> ChildSpec:
    return _uvicorn(plan, "actions", "make_action_server", port, "/actions/health")


def _uvicorn(plan: Plan, name: str, factory: str, port: int, ready_path: str) -> ChildSpec:
    command = [
        *(sys.executable, "-m", "uvicorn", f"concierge.app:{factory}", "--factory"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--no-access-log", "--no-proxy-headers", "--http", "kit.serving:Patience"),
        # Live updates stay open for minutes; nobody waits for them to end.
        *("--timeout-graceful-shutdown", "5"),
    ]
    return ChildSpec(name, command, http_probe(f"http://127.0.0.1:{port}{ready_path}"), plan.env)


def _worker(plan: Plan) -> ChildSpec:
    probe = _worker_probe(plan.settings.database_url)
    return ChildSpec("worker", [sys.executable, "-m", "concierge", "worker"], probe, plan.env)


def _postgres_probe(url: str) -> Probe:
    server = make_conninfo(url, dbname="postgres", connect_timeout=2)

    async def probe() -> bool:
        async with await psycopg.AsyncConnection.connect(server) as connection:
            await connection.execute("SELECT 1")
        return True

    return probe


def _redis_probe(url: str) -> Probe:
    async def probe() -> bool:
        async with redis.asyncio.from_url(url) as client:
            return bool(await client.ping())

    return probe


def _worker_probe(url: str) -> Probe:
    query = "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '5 s'"

    async def probe() -> bool:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2) as connection:
            return await (await connection.execute(query)).fetchone() is not None

    return probe


def free_gigabytes(folder: Path) -> float:
    """Return the free space of the disk that holds `folder`."""
    return shutil.disk_usage(folder).free / 1e9
