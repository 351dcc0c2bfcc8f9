"""`concierge faq …`: search the city's FAQ, measure the search, import one file of entries.

Only `import` needs the database. Heavy imports happen inside the commands.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kit.errors import ConciergeError, InvalidInputError
from kit.settings import get_settings
from kit.terminal import command_settings, console, run

if TYPE_CHECKING:
    from services.faq.importer import FaqReport
    from services.faq.search.evaluation import Answered
    from services.faq.search.ranker import Ranking

app = typer.Typer(help="Search the FAQ, measure it, import it.", no_args_is_help=True)

# So many ids of each kind are printed; a first import adds hundreds.
_NAMED = 20


@app.command()
def search(
    words: Annotated[str, typer.Argument(help="What a citizen asks.")],
    top: Annotated[int, typer.Option(min=1, max=100, help="How many entries.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the entries of the city's FAQ that answer a sentence best."""
    from kit.embedding import embedder
    from kit.tables import ImportReport
    from services.faq.importer import read_entries, read_synonyms
    from services.faq.search.ranker import Ranker
    from services.faq.search.weights import read_weights

    folder = get_settings().city_dir / "faq"
    report = ImportReport("faq")
    weights = read_weights(get_settings().city_dir)
    entries, synonyms = read_entries(folder, report), read_synonyms(folder, report)
    ranker = Ranker(entries, synonyms, weights, embedder())
    for problem in report.problems:
        console.print(str(problem), style="yellow", markup=False)
    ranking = ranker.rank(words, top)
    typer.echo(_as_json(ranking) if as_json else _as_text(ranking))


@app.command("import")
def import_entries(
    file: Annotated[Path, typer.Argument(help="Entries as .jsonl, .csv or .xlsx.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also replace what staff changed at their desk.")
    ] = False,
) -> None:
    """Replace the FAQ by one file. With any unusable row the old data stays, and exit status is 1.

    Prints what was added, changed, removed and kept.
    """
    if not file.is_file():
        console.print(f"There is no file {file}.", style="red", markup=False)
        raise typer.Exit(2)
    report = run(_import(file, overwrite=overwrite))
    for problem in [*report.problems, *report.warnings]:
        typer.echo(str(problem))
    if not report.ok:
        typer.echo(f"{report.rows} rows refused, the old data stays in use")
        raise typer.Exit(1)
    typer.echo(f"{report.rows} rows imported")
    for what in ("added", "changed", "removed", "kept"):
        names = getattr(report, what)
        typer.echo(f"{what:8} {len(names):5}  {' '.join(names[:_NAMED])}".rstrip())


async def _import(file: Path, *, overwrite: bool) -> "FaqReport":
    from kit.clock import system_clock
    from kit.db import Database
    from services.faq.importer import import_file

    database = Database(command_settings())
    try:
        return await import_file(database, file, system_clock, overwrite=overwrite)
    finally:
        await database.close()


@app.command()
def evaluate(
    faq: Annotated[Path, typer.Argument(help="JSON Lines of {id, question, answer}.")],
    questions: Annotated[
        Path, typer.Argument(help="JSON Lines of {id, text, relevant: {faq_id: grade}}.")
    ],
    run_file: Annotated[
        Path | None, typer.Option("--run", help="Write each ranking here (JSON Lines).")
    ] = None,
    disturbed: Annotated[
        bool, typer.Option("--disturbed", help="Also print what disturbances cost.")
    ] = False,
) -> None:
    """Print hit@1, hit@3, recall@10, nDCG@10, MRR and the latency of the search."""
    from kit.embedding import embedder
    from kit.tables import ImportReport
    from services.faq.importer import read_synonyms
    from services.faq.search.evaluation import answer, figures, losses, read_faq, read_questions
    from services.faq.search.ranker import Ranker
    from services.faq.search.weights import read_weights

    try:
        for file in (faq, questions):
            if not file.is_file():
                raise InvalidInputError(f"There is no file {file}.")
        city_dir = get_settings().city_dir
        synonyms = read_synonyms(city_dir / "faq", ImportReport("faq"))
        ranker = Ranker(read_faq(faq), synonyms, read_weights(city_dir), embedder())
        asked = read_questions(questions)
        answered = answer(ranker, asked)
    except ConciergeError as error:
        console.print(error.message, style="red", markup=False)
        raise typer.Exit(2) from None
    if run_file is not None:
        _write_run(run_file, answered)
    for name, value in figures(answered).items():
        shown = f"{value:.0f}" if name == "questions" else f"{value:.3f}"
        typer.echo(f"{name:12}{shown:>8}")
    for name, lost in losses(ranker, asked).items() if disturbed else ():
        typer.echo(f"loss of hit@3, {name:28}{lost:>8.3f}")


def _as_json(ranking: "Ranking") -> str:
    hits = [
        {
            "id": hit.entry.id,
            "question": hit.entry.question,
            "score": round(hit.score, 4),
            "signals": hit.signals,
        }
        for hit in ranking.found
    ]
    body = {"verdict": ranking.verdict, "confidence": round(ranking.confidence, 4), "hits": hits}
    return json.dumps(body, ensure_ascii=False, indent=2)


def _as_text(ranking: "Ranking") -> str:
    lines = [f"{ranking.verdict} ({ranking.confidence:.2f})"]
    lines += [f"{hit.score:6.2f}  {hit.entry.id:14}{hit.entry.question}" for hit in ranking.found]
    return "\n".join(lines)


def _write_run(file: Path, answered: "Sequence[Answered]") -> None:
    rows = (
        {"id": row.question.id, "found": row.found, "ms": round(1000 * row.seconds, 3)}
        for row in answered
    )
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text("".join(lines), encoding="utf-8")
