"""The AsyncAPI 3 document: a channel an event, on one topic exchange; who sends, who receives."""

from __future__ import annotations

from typing import Any

from contracts.base import Told
from contracts.catalogue import EVENTS, EXCHANGE, HEARD_BY, PARTITIONS, name_of, service_of
from contracts.envelope import Envelope
from contracts.json_schema import plain_schema

_BINDING = "0.3.0"


def document() -> dict[str, Any]:
    """The whole document, as plain values."""
    events = EVENTS.values()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Shouwang 守望",
            "version": "1",
            "description": "What services tell each other. Each event is a CloudEvents 1.0 envelope in JSON; "
            "within a partition, `previous` names the position of the event before, so that a gap shows.",
        },
        "defaultContentType": "application/json",
        "channels": {event.TYPE: _channel(event) for event in events},
        "operations": {key: one for event in events for key, one in _operations(event).items()},
        "components": {
            "parameters": {
                "partition": {
                    "description": "Stable hash of the elder, else of the village; of DayTurned, its own.",
                    "enum": [str(partition) for partition in range(PARTITIONS)],
                    "location": "$message.payload#/partition",
                }
            },
            "messages": {name_of(event): _message(event) for event in events},
            "schemas": {
                "Envelope": plain_schema(Envelope),
                **{name_of(event): plain_schema(event) for event in events},
            },
        },
    }


def _channel(event: type[Told]) -> dict[str, Any]:
    return {
        "address": f"{event.TYPE}.{{partition}}",
        "messages": {event.TYPE: _ref("components", "messages", name_of(event))},
        "parameters": {"partition": _ref("components", "parameters", "partition")},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": EXCHANGE,
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": "/",
                },
                "bindingVersion": _BINDING,
            }
        },
    }


def _operations(event: type[Told]) -> dict[str, dict[str, Any]]:
    """One that sends, and one for each service that receives."""
    where = {
        "channel": _ref("channels", event.TYPE),
        "messages": [_ref("channels", event.TYPE, "messages", event.TYPE)],
    }
    tells = {
        "action": "send",
        "title": f"{service_of(event)} tells {event.TYPE}",
        **where,
        "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": _BINDING}},
    }
    hears = {
        f"{hearer}.hears.{event.TYPE}": {
            "action": "receive",
            "title": f"{hearer} hears {event.TYPE}",
            **where,
            "bindings": {"amqp": {"ack": True, "bindingVersion": _BINDING}},
        }
        for hearer in HEARD_BY.get(event, ())
    }
    return {f"{service_of(event)}.tells.{event.TYPE}": tells, **hears}


def _message(event: type[Told]) -> dict[str, Any]:
    """The envelope, with its type, its source and the event's own data."""
    data = {
        "type": {"const": event.TYPE},
        "source": {"const": f"/{service_of(event)}"},
        "data": _ref("components", "schemas", name_of(event)),
    }
    return {
        "name": event.TYPE,
        "summary": (event.__doc__ or "").strip(),
        "contentType": "application/json",
        "payload": {
            "allOf": [
                _ref("components", "schemas", "Envelope"),
                {"type": "object", "properties": data},
            ]
        },
        "bindings": {
            "amqp": {"contentEncoding": "utf-8", "messageType": event.TYPE, "bindingVersion": _BINDING}
        },
    }


def _ref(*path: str) -> dict[str, str]:
    return {"$ref": "#/" + "/".join(path)}
