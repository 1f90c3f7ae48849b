"""The channels of a township: a private TOML file, named by `SHOUWANG_CHANNELS`, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.chassis.commands.malformed import faults_of, said
from services.notify.channels.apprised import NotUnderstood, understood
from services.notify.channels.mail import Tls
from services.notify.channels.texts import LABEL

IN_APP = "in_app"
_OTHERS_MAY = 0o027
_MAIL = re.compile(r"[^@\s<>,;:\"()\[\]]+@[^@\s<>,;:\"()\[\]]+")
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")


class ChannelsError(ValueError):
    """The file of channels cannot be used; the message names the place and says what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Outside(_Strict):
    """What every way out has. `seconds` bounds an attempt, all of it; pauses between attempts grow, with jitter.

    `per_minute` counts attempts of every process; `attempts` is how many there are before a person must look.
    """

    allow_private: bool = False
    ca_file: str | None = None
    seconds: float = Field(default=8.0, gt=0, le=8.0)
    urgent_only: bool = False
    per_minute: int = Field(default=60, ge=1)
    attempts: int = Field(default=8, ge=1, le=50)
    first_pause: float = Field(default=30.0, gt=0)
    longest_pause: float = Field(default=3600.0, gt=0)


class _Web(_Outside):
    url: str = Field(repr=False)

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        try:
            found = urlsplit(self.url)
            known = found.scheme in ({"https", "http"} if self.allow_private else {"https"})
            ok = known and bool(found.hostname) and found.port != 0 and found.username is None
        except ValueError:
            ok = False
        if not ok or not self.url.isascii() or not self.url.isprintable() or " " in self.url:
            raise ValueError(
                "url: 应为 https://主机/路径，不带用户名和空格 / "
                "https://host/path is needed (http:// only with allow_private), without user or spaces"
            )
        return self


class _Robot(_Web):
    per_minute: int = Field(default=20, ge=1, le=20)  # the providers' own limit


class DingTalk(_Robot):
    """钉钉群机器人."""

    kind: Literal["dingtalk"]
    secret: str | None = Field(default=None, repr=False)


class WeCom(_Robot):
    """企业微信群机器人."""

    kind: Literal["wecom"]


class Webhook(_Web):
    """A system of the township's own."""

    kind: Literal["webhook"]
    secret: str = Field(min_length=16, repr=False)


class Sms(_Web):
    """短信网关."""

    kind: Literal["sms"]
    secret: str = Field(min_length=16, repr=False)


class Mail(_Outside):
    """电子邮件."""

    kind: Literal["mail"]
    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: Tls = Tls.IMPLICIT
    sender: str
    user: str | None = None
    password: str | None = Field(default=None, repr=False)

    @field_validator("sender")
    @classmethod
    def _is_mail(cls, value: str) -> str:
        return _matching(_MAIL, value, "应为邮箱地址 / a mail address")

    @model_validator(mode="after")
    def _keeps_the_password(self) -> Self:
        if self.password is not None and self.tls is Tls.NONE:
            raise ValueError(
                "tls: 不加密时不发送密码，请用 implicit 或 starttls / "
                "a password is not sent without TLS; use implicit or starttls"
            )
        return self


Outside = Annotated[DingTalk | WeCom | Webhook | Sms | Mail, Field(discriminator="kind")]
GROUP_KINDS = (DingTalk, WeCom, Webhook)
"""Read by more than one person: what they are told is a GroupText, one for a group, and nothing confidential."""


class Place(_Strict):
    """The channels of the township, or of a village in their stead; `label` is what a robot calls the village."""

    channels: tuple[str, ...] = ()
    label: str = ""

    @field_validator("label")
    @classmethod
    def _is_label(cls, value: str) -> str:
        return (
            _matching(LABEL, value, "只能是汉字，最多 12 个 / Chinese characters alone, up to 12")
            if value
            else value
        )


class Reachable(_Strict):
    """Where one of the staff is reached."""

    mail: str | None = Field(default=None, repr=False)
    phone: str | None = Field(default=None, repr=False)

    @field_validator("mail")
    @classmethod
    def _is_mail(cls, value: str) -> str:
        return _matching(_MAIL, value, "应为邮箱地址 / a mail address")

    @field_validator("phone")
    @classmethod
    def _is_phone(cls, value: str) -> str:
        return _matching(_PHONE, value, "只能是数字，前面可有 + / digits alone, perhaps after +")


class Channels(_Strict):
    """All ways out, and who uses which."""

    township: Place = Place()
    villages: Mapping[str, Place] = Field(default_factory=dict[str, Place])
    people: Mapping[str, Reachable] = Field(default_factory=dict[str, Reachable])
    channels: Mapping[str, Outside] = Field(default_factory=dict[str, Outside])

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        for name in self.channels:
            _matching(
                _NAME,
                name,
                "通道名只用小写字母、数字、连字符 / channel names: small letters, digits, hyphens",
            )
        if unknown := self._used() - set(self.channels) - {IN_APP}:
            raise ValueError(f"没有这个通道 / no such channel: {', '.join(sorted(unknown))}")
        return self

    def unused(self) -> list[str]:
        """Channels that no place names: nothing leaves by them yet, though they can be tried."""
        return sorted(set(self.channels) - self._used())

    def _used(self) -> set[str]:
        return {name for place in (self.township, *self.villages.values()) for name in place.channels}

    def place(self, village: str) -> Place:
        """A village's own section, else the township's."""
        return self.villages.get(village, self.township)

    def address_of(self, person: str, channel: Outside) -> str | None:
        """Where a person is reached by a channel; None where they are not."""
        known = self.people.get(person)
        if known is None or isinstance(channel, GROUP_KINDS):
            return None
        return known.mail if isinstance(channel, Mail) else known.phone


def read_channels(path: Path) -> Channels:
    """Raises ChannelsError: the file is missing, others can read it, or what it says is not usable."""
    try:
        if path.stat().st_mode & _OTHERS_MAY:
            raise ChannelsError(f"{path}: 其他用户可读写 / others can read or change it: chmod 600 {path}")
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Channels.model_validate(_spelt_out(found))
    except OSError as error:
        raise ChannelsError(f"{path}: 无法读取 / cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ChannelsError(f"{path}: 不是 TOML / is not TOML: {error}") from error
    except NotUnderstood as error:
        raise ChannelsError(
            f"{path}: address: dingtalk://SECRET@TOKEN, wecombot://KEY or mailtos://USER:PASSWORD@HOST is needed"
        ) from error
    except ValidationError as error:
        told = said(faults_of(error, Channels))
        raise ChannelsError(f"{path}: 请更正 / correct it: {told}") from error


def _spelt_out(found: dict[str, Any]) -> dict[str, Any]:
    """Where a channel is given as an apprise address, what that says; what stands beside it goes first."""
    channels: Any = found.get("channels")
    if not isinstance(channels, dict):
        return found
    named = cast("dict[str, Any]", channels)
    return {**found, "channels": {name: _spelt(one) for name, one in named.items()}}


def _spelt(channel: Any) -> Any:
    if not isinstance(channel, dict) or "address" not in channel:
        return channel
    given = cast("dict[str, Any]", channel)
    beside = {key: value for key, value in given.items() if key != "address"}
    return {**understood(str(given["address"])), **beside}


def _matching(pattern: re.Pattern[str], value: str, needed: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(needed)
    return value
