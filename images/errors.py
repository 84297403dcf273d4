"""Why an act on an image is refused; facts only, the doors give them a status.

ImageError
├── NotVisible            the actor may not know that it exists
├── Forbidden             seen, but not permitted
│   ├── ReadOnlyField     a field that nobody may set
│   ├── NotHeld           nobody grants a right that it has not, or for longer
│   ├── NotGiver          somebody else granted it
│   ├── LastLocation      an active image keeps one place of its data
│   └── Protected         the image is protected against deletion
├── BadValue              a value that can never be right
│   ├── MissingFormat     disk or container format is unset
│   └── BadRules          the operator's rules for properties cannot be used
├── Conflict              not now
│   ├── WrongState        the image is in another state
│   ├── WrongStateForAct  the same, for the acts that the contract answers with 403
│   ├── ChangedMeanwhile  it is not any more as the actor saw it
│   ├── IdTaken           the id belongs, or belonged, to another image
│   ├── AlreadyMember     shared with that project already
│   ├── NoSuchField       a property or position that is not there
│   ├── InUse             something depends on the image's bytes
│   ├── WrongOffset       bytes that do not go on where the upload stands
│   ├── UploadHeld        another request writes the upload
│   ├── ImportUnderWay    a task has the image
│   └── TaskLost          a task lost its image, or was given to another worker
├── NotShared             the image's visibility is not "shared", so it has no members
├── DataLost              no store has the image's bytes any more
├── UploadLost            the image was deleted, or the attempt taken over, while bytes flowed
├── LeaseOver             a worker could not say for too long that it lives
├── OverLimit             too many tags, properties or members
├── OverQuota             a project's limit
├── LimitsUnknown         who says what a project may have does not answer
└── NoFreeSlot            the server takes no further upload just now
"""

from __future__ import annotations

UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


class ImageError(Exception):
    """Any refusal of an act on an image; its text says what to do and is safe to show."""


class NotVisible(ImageError):
    """There is no such thing, or the actor may not know of it."""


class Forbidden(ImageError):
    """The actor sees the image but may not do this."""


class ReadOnlyField(Forbidden):
    """A field that only the service itself sets."""


class NotHeld(Forbidden):
    """A right that the actor has not itself, or not for so long, and so cannot grant."""


class NotGiver(Forbidden):
    """What somebody else granted, and the actor does not own the image."""


class LastLocation(Forbidden):
    """The only place of an image's data: it goes with the image alone."""


class Protected(Forbidden):
    """The image is protected against deletion."""


class BadValue(ImageError):
    """A value that can never be right."""


class MissingFormat(BadValue):
    """Disk or container format is unset, so data cannot be taken."""


class BadRules(BadValue):
    """The operator's rules for custom properties cannot be used; nothing is permitted by them."""


class Conflict(ImageError):
    """The act does not fit the present state of things."""


class WrongState(Conflict):
    """The image is in a state that does not allow this act."""


class WrongStateForAct(Conflict):
    """Deactivating or reactivating an image that is neither active nor deactivated."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the image since the actor looked at it."""


class IdTaken(Conflict):
    """The id belongs, or once belonged, to another image."""


class AlreadyMember(Conflict):
    """The image is shared with that project already."""


class NoSuchField(Conflict):
    """A custom property that the image does not have."""


class InUse(Conflict):
    """Something (a clone of its snapshot) depends on the image's bytes."""


class WrongOffset(Conflict):
    """Bytes that do not go on where the upload stands."""


class UploadHeld(Conflict):
    """Another request is writing the upload, or died a moment ago."""


class ImportUnderWay(Conflict):
    """A task works on the image; another has to wait."""


class TaskLost(Conflict):
    """A task lost its image, or another worker has it."""


class NotShared(ImageError):
    """Only an image of visibility "shared" has members."""


class DataLost(ImageError):
    """The image is active, but no store has its bytes any more."""


class UploadLost(ImageError):
    """The image was deleted, or another attempt took over, while the bytes flowed."""


class LeaseOver(ImageError):
    """A worker could not say for so long that it lives that another may be writing by now."""


class OverLimit(ImageError):
    """More tags, properties or members than the service keeps for one image."""


class OverQuota(ImageError):
    """A limit of the project would be passed: *needed* more where only *left* is left.

    The text is the API's own; *resource*, *limit*, *needed* and *left* (bytes or a count), how much
    of what counts lies *in_trash*, and whose of the project's *part* the limit is (`store:NAME`,
    `user:ID`, empty for all of it), let a page say it in its reader's language.
    """

    def __init__(  # noqa: PLR0913 -- the facts of one refusal, each by its name
        self,
        resource: str,
        *,
        limit: int,
        needed: int,
        left: int,
        part: str = "",
        in_trash: int = 0,
    ) -> None:
        """Keep the facts."""
        self.resource, self.part = str(resource), part
        self.limit, self.needed, self.left, self.in_trash = limit, needed, left, in_trash
        most = f"{resource}={limit}" + (f" of {part}" if part else "")
        trash = f"; {self.told(in_trash)} lie in its trash" if in_trash else ""
        super().__init__(
            f"The project's limit {most} would be passed: "
            f"{self.told(needed, up=True)} needed, {self.told(left)} left{trash}. "
            "The cloud's administrators can raise it; the project's managers cannot."
        )

    @property
    def is_bytes(self) -> bool:
        """Are *limit*, *needed* and *left* bytes, and not a count?"""
        return not self.resource.startswith("image_count_")

    def told(self, number: int, *, up: bool = False) -> str:
        """Return *number* in the unit that fits, rounded down or *up*: what is more looks so."""
        if not self.is_bytes:
            return str(number)
        step = next((step for step in range(len(UNITS)) if number >> 10 * (step + 1) == 0), 0)
        if step == 0:
            return f"{number} B"
        tenths, rest = divmod(number * 10, 1 << 10 * step)
        tenths += 1 if up and rest else 0
        return f"{tenths // 10}.{tenths % 10} {UNITS[step]}"


class LimitsUnknown(ImageError):
    """Who says what a project may have does not answer, and has not lately."""


class NoFreeSlot(ImageError):
    """Every slot for uploads is taken; the same request may succeed in a few seconds."""
