"""Typed values from environment variables; nonsense stops the start with one sentence."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from warnings import catch_warnings

from django.core.exceptions import ImproperlyConfigured
from environ import Env

PREFIX = "VITRINE_"
WHOLE_NUMBER = re.compile(r"-?\d{1,19}", re.ASCII)
MOST = 2**63 - 1  # of a number that a database holds
SECOND, HOUR, DAY = 1, 3600, 86_400
CENTURY = 36_500 * DAY


def text(name: str, default: str = "") -> str:
    """Return *VITRINE_name*, stripped; a `$` in it is a `$`."""
    value = os.environ.get(PREFIX + name, default).strip()
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ImproperlyConfigured(f"{PREFIX}{name} must be text in UTF-8.") from None
    return value


def secret(name: str, file: Path) -> str:
    """Return *VITRINE_name*, or else what stands in *file*, if that can be read."""
    try:
        kept = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        kept = ""
    return text(name) or kept


def number(name: str, default: int, *, least: int = 0, most: int = MOST) -> int:
    """Return *VITRINE_name* as a whole number of at least *least*, and of *most* at most."""
    given = text(name, str(default))
    value = int(given) if WHOLE_NUMBER.fullmatch(given) else least - 1
    if not least <= value <= most:
        expected = f"a whole number of at least {least}"
        expected += f" and at most {most}" if most != MOST or value > most else ""
        raise ImproperlyConfigured(f"{PREFIX}{name} must be {expected}, not {given!r}.")
    return value


def period(name: str, default: int, *, unit: int, least: int = 0) -> int:
    """Return *VITRINE_name*, a time counted in *unit*, which is so many seconds.

    A century is the most: what is added to now, or taken from it, must be a date still.
    """
    return number(name, default, least=least, most=CENTURY // unit)


def flag(name: str, *, default: bool) -> bool:
    """Return *VITRINE_name* as a yes or no."""
    variable = PREFIX + name
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    value = os.environ.get(variable, "").strip().lower()
    if value and value not in words:
        raise ImproperlyConfigured(f"{variable} must be true or false, not {value!r}.")
    return words.get(value, default)


def words(name: str, default: list[str]) -> list[str]:
    """Return *VITRINE_name* as a list, split at commas."""
    if PREFIX + name not in os.environ:
        return default
    return [word.strip() for word in text(name).split(",") if word.strip()]


def numbers(name: str, default: list[int]) -> list[int]:
    """Return *VITRINE_name* as a list of whole numbers, split at commas."""
    found = words(name, [])
    if not all(WHOLE_NUMBER.fullmatch(word) and int(word) >= 0 for word in found):
        raise ImproperlyConfigured(f"{PREFIX}{name} must be whole numbers, split at commas.")
    return [int(word) for word in found] or default


def address(name: str) -> str:
    """Return the network address in *VITRINE_name*, or nothing if it is not set."""
    value = text(name)
    try:
        return str(ip_address(value)) if value else ""
    except ValueError:
        raise ImproperlyConfigured(
            f"{PREFIX}{name} must be an address such as 127.0.0.1, not {value!r}."
        ) from None


def networks(name: str) -> list[str]:
    """Return *VITRINE_name* as a list of networks such as 10.0.0.0/8, split at commas."""
    found = words(name, [])
    try:
        return [str(ip_network(word)) for word in found]
    except ValueError as trouble:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be networks: {trouble}.") from None


def fence(name: str) -> dict[str, Any]:
    """Return *VITRINE_name_NETWORKS*, *…_HOSTS* and *…_PORTS*: where the service may fetch."""
    return {
        "networks": networks(f"{name}_NETWORKS"),
        "hosts": words(f"{name}_HOSTS", []),
        "ports": numbers(f"{name}_PORTS", [80, 443]),
    }


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return *VITRINE_name*, which must be one of *choices*."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(
            f"{PREFIX}{name} must be one of {', '.join(choices)}, not {value!r}."
        )
    return value


def log_level() -> str:
    """Return from which level on the log is written."""
    return choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))


def log_format() -> str:
    """Return how a line of the log is written."""
    return choice("LOG_FORMAT", "line", ("line", "json"))


def chosen(name: str, choices: tuple[str, ...]) -> list[str]:
    """Return *VITRINE_name* as a list of *choices*, split at commas; none by default."""
    found = words(name, [])
    if unknown := set(found) - set(choices):
        raise ImproperlyConfigured(
            f"{PREFIX}{name} must be some of {', '.join(choices)}, not {min(unknown)!r}."
        )
    return found


def folder(name: str, default: Path, *, is_made: bool = True) -> Path:
    """Return the folder in *VITRINE_name*; if *is_made*, its last part may be missing."""
    path = Path(text(name, str(default))).absolute()
    try:
        if text(name) and is_made:
            path.mkdir(exist_ok=True)
        elif text(name):
            os.scandir(path).close()
    except OSError as trouble:
        raise ImproperlyConfigured(
            f"{PREFIX}{name} must be a folder that can be used: {path}: {trouble.strerror}."
        ) from None
    return path


def readable_file(name: str, default: str) -> str:
    """Return the path in *VITRINE_name* of a file that can be read."""
    path = text(name, default)
    if not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise ImproperlyConfigured(f"{PREFIX}{name} must be a file that can be read, not {path!r}.")
    return path


def optional_file(name: str) -> str:
    """Return the path in *VITRINE_name* of a file that can be read, or nothing if it is not set."""
    return readable_file(name, "") if text(name) else ""


def url(name: str, default: str) -> str:
    """Return *VITRINE_name*, an http or https address, without the slash at its end."""
    value = text(name, default).rstrip("/")
    if not is_url(value) or "@" in urlsplit(value).netloc:
        # What stands before an @ may be a password: nobody repeats it.
        raise ImproperlyConfigured(f"{PREFIX}{name} must be an http or https address.")
    return value


def is_url(value: str) -> bool:
    """Tell whether *value* is an http or https address with a host and, if any, a port."""
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that hold no address, or a port that is no port
        return False


def pairs(name: str, *, values: tuple[str, ...]) -> dict[str, str]:
    """Return *VITRINE_name*, such as `a:x,b:y`, by what stands before the colons."""
    found = dict(word.rpartition(":")[::2] for word in words(name, []))
    if not all(key and value in values for key, value in found.items()):
        raise ImproperlyConfigured(
            f"{PREFIX}{name} must be name:value, split at commas, each value one of "
            f"{', '.join(values)}."
        )
    return found


def listen(name: str, default: str) -> tuple[str, int]:
    """Return *VITRINE_name* as an address and a port, from `address:port`."""
    value = text(name, default)
    host, colon, port = value.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise ImproperlyConfigured(f"{PREFIX}{name} must be address:port, not {value!r}.")
    return host, int(port)


def database(name: str, default: str) -> dict[str, Any]:
    """Return Django's database settings from the URL in *VITRINE_name*."""
    expected = "a database URL such as postgres://user:password@host:5432/name"
    found: dict[str, Any] = {}
    with suppress(ValueError, ImproperlyConfigured), catch_warnings(action="ignore"):
        found = Env.db_url_config(text(name, default))
    if not found.get("ENGINE", "").startswith("django.db.backends."):
        # The value may hold a password: nobody repeats it.
        raise ImproperlyConfigured(f"{PREFIX}{name} must be {expected}.")
    return found


def email(name: str, default: str) -> dict[str, Any]:
    """Return Django's mail settings from the URL in *VITRINE_name*."""
    found: dict[str, Any] = {}
    with suppress(ValueError, KeyError, ImproperlyConfigured), catch_warnings(action="ignore"):
        found = Env.email_url_config(text(name, default))
    backend = found.get("EMAIL_BACKEND", "")
    if not backend or ("smtp" in backend and not found["EMAIL_HOST"]):
        # The value may hold a password: nobody repeats it.
        expected = "a mail server's URL such as smtp+tls://user:password@host:587"
        raise ImproperlyConfigured(f"{PREFIX}{name} must be {expected}.")
    return {setting: value for setting, value in found.items() if setting.startswith("EMAIL_")}


def mail_address(name: str, default: str) -> str:
    """Return *VITRINE_name* as a mail address, with or without a name before it."""
    value = text(name, default)
    address = parseaddr(value)[1]
    if not address.count("@") == 1 or not value.isprintable():
        raise ImproperlyConfigured(f"{PREFIX}{name} must be a mail address, not {value!r}.")
    return value
