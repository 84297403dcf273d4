"""Many images at once: rows as a cloud of some years holds them, copied straight into PostgreSQL.

A thousand projects by Zipf's law, the first of which is asked for: an eighth of all images is its
own. Each image has three tags and five properties; a twentieth is hidden, as many public, every
fifth of the shared ones has members, of which a hundredth names the first project. A tenth as many
rows remember deleted images. Thirty images, however many there are, carry what is rare: the tag,
the property, the names, the size.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from uuid import UUID

import psycopg
from psycopg import sql

PROJECTS = 1000
RARE_IMAGES = 30
RARE_SIZE = 1 << 41  # bytes
BATCH = 20_000
YEARS = 3
BEGIN = datetime(2023, 1, 1, tzinfo=UTC)

COLUMNS = {
    "images_image": "id name status visibility protected os_hidden owner disk_format"
    " container_format min_disk min_ram size virtual_size checksum os_hash_algo os_hash_value"
    " created_at updated_at deleted_at",
    "images_tag": "image_id name",
    "images_property": "image_id name value",
    "images_member": "image_id project status created_at updated_at",
    "images_location": "id image_id store key status size heartbeat_at",
}
DISTRIBUTIONS = ("ubuntu", "debian", "rocky", "fedora", "windows", "alpine", "freebsd", "suse")
SYSTEMS = {"windows": "windows", "freebsd": "bsd"}
WEIGHTS = (40, 20, 12, 8, 8, 6, 3, 3)
FORMATS = (("qcow2", "bare"), ("raw", "bare"), ("iso", "bare"), ("vmdk", "ova"), ("vhd", "ovf"))
STATUSES = ("active", "queued", "deactivated", "saving")
VISIBILITIES = ("shared", "private", "community", "public")
ANSWERS = ("accepted", "pending", "rejected")


@dataclass(slots=True)
class Population:
    """*count* living images, the greatest part of them owned by *project*; always the same ones."""

    count: int
    project: str
    _random: random.Random = field(default_factory=lambda: random.Random(5))
    _owners: list[str] = field(init=False)
    _shares: list[float] = field(init=False)

    def __post_init__(self) -> None:
        others = [f"{self._random.getrandbits(128):032x}" for _ in range(PROJECTS - 1)]
        self._owners = [self.project, *others]
        self._shares = list(accumulate(1 / rank for rank in range(1, PROJECTS + 1)))

    def load(self, url: str) -> None:
        """Copy every row into the database at *url*, which has tables and no images yet."""
        with psycopg.connect(url) as connection:
            with _bare_tables(connection):
                for rows in self._batches():
                    for table, lines in rows.items():
                        _copy(connection, table, lines)
            connection.commit()
            connection.autocommit = True
            connection.execute("VACUUM ANALYZE")

    def _batches(self) -> Iterator[dict[str, list[str]]]:
        rows: dict[str, list[str]] = {table: [] for table in COLUMNS}
        for number in range(self.count):
            self._add_image(rows, number)
            if number % 10 == 0:
                self._add_deleted(rows, number)
            if number % BATCH == BATCH - 1 or number == self.count - 1:
                yield rows
                rows = {table: [] for table in COLUMNS}

    def _add_image(self, rows: dict[str, list[str]], number: int) -> None:
        chance = self._random
        is_rare = self._is_rare(number)
        identity, owner = self._identity(), self.project if is_rare else self._owner()
        visibility = "shared" if is_rare else chance.choices(VISIBILITIES, (55, 30, 10, 5))[0]
        status = "active" if is_rare else chance.choices(STATUSES, (88, 8, 3, 1))[0]
        hidden = "f" if is_rare or chance.random() > 0.05 else "t"
        distribution = chance.choices(DISTRIBUTIONS, WEIGHTS)[0]
        version = f"{chance.randrange(8, 25)}.{chance.randrange(12):02}"
        name = f"{distribution}-{version}-{chance.randrange(100):02}"
        if is_rare:
            name = f"rare-{number % 3}"
        elif chance.random() < 0.02:
            name = r"\N"
        made = BEGIN + timedelta(days=365 * YEARS) * ((number + chance.random()) / self.count)
        changed = made + timedelta(seconds=chance.expovariate(1e-6))
        rows["images_image"].append(
            "\t".join(
                (
                    f"{identity}\t{name}\t{status}\t{visibility}\tf\t{hidden}\t{owner}",
                    self._data_fields(status, is_rare=is_rare),
                    f"{made}\t{changed}\t\\N\n",
                )
            )
        )
        self._add_words(rows, identity, is_rare, distribution, version)
        if visibility == "shared" and chance.random() < 0.2:
            self._add_members(rows, identity, made)
        if status in {"active", "deactivated"}:
            rows["images_location"].append(
                f"{self._identity()}\t{identity}\tfile\t{identity}\tactive\t1\t\\N\n"
            )

    def _data_fields(self, status: str, *, is_rare: bool) -> str:
        disk, container = self._random.choices(FORMATS, (70, 15, 5, 7, 3))[0]
        least = f"{self._random.choice((0, 10, 20, 40))}\t{self._random.choice((0, 512, 2048))}"
        if status in {"queued", "saving"}:
            return f"{disk}\t{container}\t{least}" + "\t\\N" * 5
        size = int(min(self._random.lognormvariate(20.7, 1.2), RARE_SIZE - 1))
        size = RARE_SIZE + self._random.randrange(1 << 30) if is_rare else size
        digest = f"{self._random.getrandbits(512):0128x}"
        return f"{disk}\t{container}\t{least}\t{size}\t{size}\t{digest[:32]}\tsha512\t{digest}"

    def _add_words(
        self,
        rows: dict[str, list[str]],
        identity: UUID,
        is_rare: bool,  # noqa: FBT001 -- of one row, as all the rest
        *words: str,
    ) -> None:
        distribution, version = words
        chance = self._random
        system = SYSTEMS.get(distribution, "linux")
        team = f"team-{int(chance.paretovariate(1)) % 500}"
        build = "rare" if is_rare else f"build-{chance.randrange(100)}"
        rows["images_tag"] += (f"{identity}\t{tag}\n" for tag in (system, team, build))
        properties = {
            "os_distro": distribution,
            "os_version": version,
            "architecture": "x86_64" if chance.random() < 0.8 else "aarch64",
            "hw_disk_bus": chance.choice(("virtio", "scsi", "ide")),
            "batch": "rare" if is_rare else f"{chance.getrandbits(64):016x}",
        }
        rows["images_property"] += (
            f"{identity}\t{name}\t{value}\n" for name, value in properties.items()
        )

    def _add_members(self, rows: dict[str, list[str]], identity: UUID, made: datetime) -> None:
        chance = self._random
        projects = {chance.choice(self._owners[1:100]) for _ in range(chance.randrange(1, 4))}
        if chance.random() < 0.01:
            projects.add(self.project)
        for project in projects:
            answer = self._random.choices(ANSWERS, (60, 30, 10))[0]
            rows["images_member"].append(f"{identity}\t{project}\t{answer}\t{made}\t{made}\n")

    def _add_deleted(self, rows: dict[str, list[str]], number: int) -> None:
        made = BEGIN + timedelta(days=365 * YEARS) * (number / self.count)
        rows["images_image"].append(
            f"{self._identity()}\tgone\tdeleted\tprivate\tf\tf\t{self._owner()}\traw\tbare\t0\t0"
            + "\t\\N" * 5
            + f"\t{made}\t{made}\t{made}\n"
        )

    def _is_rare(self, number: int) -> bool:
        step = max(1, self.count // RARE_IMAGES)
        return number % step == 0 and number // step < RARE_IMAGES

    def _owner(self) -> str:
        return self._owners[bisect(self._shares, self._random.random() * self._shares[-1])]

    def _identity(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)


def _copy(connection: psycopg.Connection, table: str, lines: list[str]) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table].split()))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        copy.write("".join(lines))


@contextmanager
def _bare_tables(connection: psycopg.Connection) -> Iterator[None]:
    """Load without indexes but those of constraints; foreign keys are right as they are made."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        [list(COLUMNS)],
    ).fetchall()
    connection.execute("SET LOCAL session_replication_role = replica")
    for name, _ in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in found:
        connection.execute(definition)
