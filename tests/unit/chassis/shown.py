"""What a process shows, as a test reads it."""

from prometheus_client.parser import text_string_to_metric_families

from services.chassis.metrics import names
from services.chassis.metrics.registry import Metrics
from services.house.gauges import SPECS

EVERY = (*names.COUNTED, *names.OWN, *names.READ, *SPECS)
Shown = dict[tuple[str, ...], float]


def shown(metrics: Metrics) -> dict[str, Shown]:
    """Name of a sample to its label values, in the order of their names, and its value."""
    held: dict[str, Shown] = {}
    for family in text_string_to_metric_families(metrics.page().body.decode()):
        for sample in family.samples:
            held.setdefault(sample.name, {})[tuple(sample.labels[key] for key in sorted(sample.labels))] = (
                sample.value
            )
    return held
