"""Sending one letter by one channel."""

from __future__ import annotations

from datetime import datetime

from services.notify.channels.addresses import Resolve
from services.notify.channels.hooks import to_sms, to_webhook
from services.notify.channels.mail import MailServer, to_mail
from services.notify.channels.outcomes import Outcome
from services.notify.channels.robots import to_dingtalk, to_wecom
from services.notify.channels.settings import DingTalk, Mail, Outside, Sms, Webhook, WeCom
from services.notify.channels.texts import Letter
from services.notify.channels.web import Target


def send(channel: Outside, letter: Letter, at: datetime, resolve: Resolve | None = None) -> Outcome:
    """Sends; never raises for what the network or the other side does. `resolve` stands for the name service."""
    match channel:
        case DingTalk():
            return to_dingtalk(_target(channel, resolve), channel.secret, letter.text, at)
        case WeCom():
            return to_wecom(_target(channel, resolve), letter.text)
        case Webhook():
            return to_webhook(_target(channel, resolve), channel.secret, letter, at)
        case Sms():
            return to_sms(_target(channel, resolve), channel.secret, letter, at)
        case Mail():
            return to_mail(_server(channel, resolve), letter, at)


def _target(channel: DingTalk | WeCom | Webhook | Sms, resolve: Resolve | None) -> Target:
    return Target(channel.url, channel.allow_private, channel.seconds, channel.ca_file, resolve)


def _server(channel: Mail, resolve: Resolve | None) -> MailServer:
    return MailServer(
        host=channel.host,
        port=channel.port,
        tls=channel.tls,
        sender=channel.sender,
        user=channel.user,
        password=channel.password,
        allow_private=channel.allow_private,
        seconds=channel.seconds,
        ca_file=channel.ca_file,
        resolve=resolve,
    )
