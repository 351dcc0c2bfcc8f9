"""`concierge nursery`: allocate, verify and generate markets as files."""

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from kit.errors import ConciergeError
from services.nursery.instance import InstanceError

if TYPE_CHECKING:
    from services.nursery.instance import Instance

BAD_INPUT = 2
NOT_AS_PROMISED = 1

app = typer.Typer(
    help="Nursery places: allocate, verify, make up a market.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

InstanceFile = Annotated[Path, typer.Argument(help="A market as nursery-instance/1.")]


@app.command()
def allocate(
    instance: InstanceFile,
    out: Annotated[
        Path | None, typer.Option(help="Where the result goes; standard output without it.")
    ] = None,
) -> None:
    """Allocate the seats, have the outcome verified, and hand the result over."""
    from services.nursery.allocation import allocate as solve
    from services.nursery.verifier import verify as check

    _keep_garbage()
    document, market = _read(instance)
    result = solve(market)
    verdict = check(document, result)
    if verdict.problems or len(verdict.claims) != len(result["claims"]):
        _fail(f"the outcome did not pass the verifier: {verdict.problems[:3]}", NOT_AS_PROMISED)
    _write(result, out)
    if out is not None:
        placed = sum(place is not None for place in result["assignment"].values())
        typer.echo(f"{result['level']}: {placed} of {len(market.children)} have a place", err=True)


@app.command()
def verify(
    instance: InstanceFile,
    result: Annotated[Path, typer.Argument(help="A result, by this program or by hand.")],
) -> None:
    """Check a result; exit status 1 where it is not feasible or claims more than it holds."""
    from services.nursery.reading import load_document
    from services.nursery.verifier import verify as check

    _keep_garbage()
    document, _ = _read(instance)
    try:
        promised = load_document(result)
    except InstanceError as error:
        _fail(error.message, BAD_INPUT)
    verdict = check(document, promised)
    report = {
        "level": verdict.level,
        "problems": verdict.problems,
        "claims": [{"family": each, "choice": choice} for each, choice in verdict.claims],
        "weak_claims": [{"family": each, "choice": choice} for each, choice in verdict.weak_claims],
    }
    typer.echo(json.dumps(report, ensure_ascii=False))
    honest = promised.get("level") == "fewest" or verdict.level != "blocked"
    if verdict.problems or not honest:
        raise typer.Exit(NOT_AS_PROMISED)


@app.command()
def compare(
    instance: InstanceFile,
    result: Annotated[Path, typer.Argument(help="The result of this program.")],
    by_hand: Annotated[Path, typer.Argument(help="A result made by hand.")],
) -> None:
    """Say child by child where a result by hand differs, and why; exit status 1 where it does."""
    from services.nursery.parity import compare as differences
    from services.nursery.reading import load_document

    document, _ = _read(instance)
    try:
        ours, theirs = (load_document(path).get("assignment") for path in (result, by_hand))
    except InstanceError as error:
        _fail(error.message, BAD_INPUT)
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        _fail("Both results need an assignment: child's id to nursery's id or null.", BAD_INPUT)
    found = differences(document, ours, theirs)
    report = found._asdict() | {"differences": [each._asdict() for each in found.differences]}
    typer.echo(json.dumps(report, ensure_ascii=False))
    if found.problems or found.differences:
        raise typer.Exit(NOT_AS_PROMISED)


@app.command()
def generate(
    children: Annotated[int, typer.Option(min=1, max=1_000_000, help="Applicants.")] = 8000,
    nurseries: Annotated[int, typer.Option(min=1, max=100_000, help="Nurseries.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed makes the same market.")] = 1,
    siblings: Annotated[float, typer.Option(min=0, max=1, help="Share with siblings.")] = 0.16,
    transfers: Annotated[float, typer.Option(min=0, max=1, help="Share with a seat.")] = 0.08,
    twins: Annotated[float, typer.Option(min=0, max=1, help="Share of twins.")] = 0.0,
    pooled: Annotated[float, typer.Option(min=0, max=1, help="Nurseries that pool ages.")] = 0.0,
    several: Annotated[float, typer.Option(min=0, max=1, help="Share of two units.")] = 0.0,
    disagreement: Annotated[
        float, typer.Option(min=0, max=10, help="How far nurseries differ about priority.")
    ] = 0.0,
    seats: Annotated[float, typer.Option(min=0, max=10, help="Seats per applicant.")] = 0.95,
    out: Annotated[Path | None, typer.Option(help="Standard output without it.")] = None,
) -> None:
    """Make up a market."""
    from services.nursery.generator import Shape
    from services.nursery.generator import generate as make

    shape = Shape(
        children=children,
        nurseries=nurseries,
        siblings=siblings,
        transfers=transfers,
        twins=twins,
        pooled=pooled,
        several=several,
        disagreement=disagreement,
        seats=seats,
    )
    _write(make(shape, seed), out)


@app.command()
def demonstrate(
    round_id: Annotated[str, typer.Argument(help="A round of the city, such as 2027-04.")],
    children: Annotated[int, typer.Option(min=1, max=20_000, help="Invented applicants.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed makes the same families.")] = 1,
) -> None:
    """Add invented applications to a round of the demonstration city; production refuses."""
    import asyncio

    from kit.clock import system_clock
    from kit.db import Database
    from kit.terminal import command_settings
    from services.nursery.applications import Files
    from services.nursery.demonstration import add_others

    settings = command_settings()
    if not settings.is_demo:
        _fail("Invented applications do not belong in production.", BAD_INPUT)

    async def add() -> int:
        database = Database(settings)
        try:
            return await add_others(
                Files(database, system_clock, settings), round_id, children, seed
            )
        finally:
            await database.close()

    try:
        typer.echo(f"{asyncio.run(add())} children apply in {round_id}", err=True)
    except ConciergeError as error:
        _fail(error.message, BAD_INPUT)


def _keep_garbage() -> None:
    """One file is read and one answer written: looking for cycles would only cost time."""
    import gc

    gc.disable()


def _read(path: Path) -> "tuple[dict[str, Any], Instance]":
    """Return the document, its choices filled in, and the market it holds."""
    from services.nursery.reading import complete, load_document, read_instance

    try:
        document = load_document(path)
        market = read_instance(document)
    except InstanceError as error:
        _fail(error.message, BAD_INPUT)
    for remark in market.remarks:
        typer.echo(remark, err=True)
    return complete(document, market), market


def _write(document: dict[str, Any], out: Path | None) -> None:
    """Write to standard output, or to a file that is there whole or not at all."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    if out is None:
        typer.echo(text)
        return
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except OSError as error:
        _fail(f"{out} cannot be written: {error.strerror}.", BAD_INPUT)


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(status)
