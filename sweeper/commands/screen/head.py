"""The lines above and below the table: counts, the best, money and time; all of one trial."""

from __future__ import annotations

from rich.text import Text

from sweeper.commands.shared import duration, in_words, number, repeats_of, short
from sweeper.commands.watching.outlook import spark, stairs
from sweeper.commands.watching.picture import Picture
from sweeper.model import State
from sweeper.results.glance import Glimpse
from sweeper.results.table import text_of

_BAR, _CURVE = 24, 32


def head(picture: Picture, now: float, *, driven: str, width: int) -> Text:
    """Of the sweep: what it is, how far it is, the best so far, what it has used and may still take."""
    row = picture.row
    lines = [
        Text.assemble((text_of(row.id), "bold"), f"  {row.backend}  ", (text_of(driven), "dim")),
        _progress(picture),
        _best(picture, now, width),
        _spent(picture, now),
    ]
    return Text("\n").join(lines)


def _progress(picture: Picture) -> Text:
    total = max(1, picture.row.total)
    good, bad = picture.counts.get(State.SUCCEEDED, 0), picture.ended - picture.counts.get(State.SUCCEEDED, 0)
    done = min(_BAR, round(_BAR * picture.ended / total))
    red = min(done, -(-_BAR * bad // total)) if bad else 0
    bar = [("━" * (done - red), "green"), ("━" * red, "red"), ("─" * (_BAR - done), "dim")]
    assert good >= 0
    return Text.assemble(*bar, f" {picture.ended}/{picture.row.total}: {in_words(picture.counts, picture.row.total)}")


def _best(picture: Picture, now: float, width: int) -> Text:
    metric, found = text_of(picture.row.metric.name), picture.best
    if found is None:
        return Text(f"best {metric}: none yet")
    mean = f", mean of {found['n']} runs" if repeats_of(picture.row) > 1 else ""
    said = f"best {metric}: {number(found['metric'])}{mean} (trial {short(found['trial'])})"
    room = min(_CURVE, width - len(said) - 4)
    end = now if picture.live else max(time for time, _ in picture.steps) if picture.steps else now
    return Text.assemble((said, "bold"), "  ", (spark(stairs(picture.steps, end, room), room), "cyan"))


def _spent(picture: Picture, now: float) -> Text:
    seconds, price = picture.seconds(now), picture.background.price
    parts = [f"{duration(seconds)} of running time"]
    parts += [f"about {seconds / 3600 * price:.2f} USD"] if price is not None else []
    left = picture.left(now)
    parts += [f"about {duration(left)} left"] if left is not None else []
    text = Text(", ".join(parts))
    failed = ", ".join(f"{many} {why}" for why, many in picture.failed.items())
    return text.append("; ").append(f"failed: {text_of(failed)}", "red") if failed else text


def detail(one: Glimpse, curve: list[float], *, width: int) -> Text:
    """Of the trial under the cursor: where it is, its parameters, what it reported and why it ended so."""
    ended = ": ".join(filter(None, (one.state, one.reason)))
    first = Text.assemble((f"trial {one.trial}", "bold"), f"  attempt {one.attempt}  {ended}")
    if len(curve) > 1:
        first.append(f"  {spark(curve, min(_CURVE, max(0, width - len(first.plain) - 2)))}", "cyan")
    params = " ".join(f"{name}={text_of(value)}" for name, value in one.params.items())
    lines = [first, Text(text_of(params)), Text(text_of(" ".join(one.note.split())), "red" if one.note else "")]
    return Text("\n").join(lines)
