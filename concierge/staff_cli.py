"""`concierge staff …`: the first administrator, and help when nobody can log in."""

from typing import Annotated

import typer

from auth.permissions import Role
from kit.terminal import command_settings, console, run

staff_app = typer.Typer(
    help="Accounts of the city's staff (needs DATABASE_URL).", no_args_is_help=True
)

Login = Annotated[str, typer.Argument(help="The name that they type at the login.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the record of changes.")]


@staff_app.command()
def add(
    login: Login,
    role: Annotated[list[Role], typer.Option(help="What they do; repeat it for several.")],
    desk: Annotated[list[str], typer.Option(help="A desk of city.toml; repeat it for several.")],
    name: Annotated[str, typer.Option(help="Their name, for pages.")] = "",
    reason: Reason = "コマンドで追加",
) -> None:
    """Add an account and print its one-time password."""
    from concierge.staff import NewAccount
    from concierge.staff import add as add_account

    new = NewAccount(login, name or login, tuple(role), tuple(desk))
    _hand_over(run(add_account(command_settings(), new, reason)))


@staff_app.command()
def reset(login: Login, reason: Reason = "コマンドで初期化") -> None:
    """Forget somebody's password and second factor, and print a one-time password."""
    from concierge.staff import reset as reset_account

    _hand_over(run(reset_account(command_settings(), login, reason)))


@staff_app.command()
def disable(login: Login, reason: Reason = "コマンドで停止") -> None:
    """Lock an account out; its sessions end."""
    from concierge.staff import disable as disable_account

    run(disable_account(command_settings(), login, reason))
    console.print(f"{login} is locked out.", markup=False)


@staff_app.command("list")
def list_accounts() -> None:
    """Print every account: login, roles, desks, state."""
    from concierge.staff import lines

    for line in run(lines(command_settings())):
        typer.echo(line)


@staff_app.command()
def demo() -> None:
    """Add the demonstration accounts that are missing (README has their password)."""
    from concierge.staff import seed_demonstration

    run(seed_demonstration(command_settings()))


def _hand_over(password: str) -> None:
    console.print("One-time password, for three days; it is shown this once:", markup=False)
    typer.echo(password)
