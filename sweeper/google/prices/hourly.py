"""What one job costs an hour: its machines and accelerators, looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from sweeper.google.machines import Machines, machines
from sweeper.google.prices.table import Row, Table
from sweeper.model import CloudSettings


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for an hour of one job."""

    usd_per_hour: float
    as_of: str | None
    """The day of the oldest number in it; None where one of them has no date."""
    source: str
    exact: bool
    """Read for just these machines in this region, not derived and not another region's."""


def hourly(settings: CloudSettings, backend: str, region: str, tables: Sequence[Table]) -> Price | None:
    """The config's own price, else the tables'; None where one of the machines is in none of them.

    Disks and network are left out. Spot machines without a price of their own get the one on demand, which is higher.
    """
    if settings.price is not None:
        return Price(settings.price, None, f"{backend}.price", exact=True)
    wanted = machines(settings, backend)
    if settings.spot and (found := _sum(wanted, tables, region, spot=True)):
        return found
    found = _sum(wanted, tables, region, spot=False)
    if found is None or not settings.spot:
        return found
    source = f"{found.source}; on demand: spot costs less, but how much less varies"
    return Price(found.usd_per_hour, found.as_of, source, exact=False)


def _sum(wanted: Sequence[Machines], tables: Sequence[Table], region: str, *, spot: bool) -> Price | None:
    parts: list[tuple[int, Row, Table]] = []
    for each in wanted:
        found = _parts(each, tables, spot=spot)
        if found is None:
            return None
        parts += found
    if not parts:
        return None
    dates = [row.as_of for _, row, _ in parts]
    elsewhere = next((table.region for _, _, table in parts if table.region not in (None, region)), None)
    sources = dict.fromkeys(row.source for _, row, _ in parts)
    return Price(
        sum(count * row.usd for count, row, _ in parts),
        min((date for date in dates if date), default=None) if all(dates) else None,
        "; ".join(chain(sources, [f"prices of {elsewhere}"] if elsewhere else [])),
        exact=elsewhere is None and all(row.read for _, row, _ in parts),
    )


def _parts(each: Machines, tables: Sequence[Table], *, spot: bool) -> list[tuple[int, Row, Table]] | None:
    """(how many, price, its table) of the machine and of what it does not include; None where one has no price."""
    machine = _find(each.machine, tables, "machines", spot=spot)
    if machine is None:
        return None
    parts = [(each.count, *machine)]
    if each.accelerator and machine[0].includes != each.accelerator:
        accelerator = _find(each.accelerator, tables, "accelerators", spot=spot)
        if accelerator is None:
            return None
        parts.append((each.count * each.accelerators, *accelerator))
    return parts


def _find(name: str, tables: Sequence[Table], kind: str, *, spot: bool) -> tuple[Row, Table] | None:
    column = f"spot_{kind}" if spot else kind
    return next(((getattr(table, column)[name], table) for table in tables if name in getattr(table, column)), None)
