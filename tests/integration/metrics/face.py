"""A process of a township: takes some visits, shows its metrics, and waits. `lead` shows what is read too."""

import signal
import sys
from pathlib import Path

from services.chassis.clock import SetClock
from services.chassis.metrics.databases import watched
from services.chassis.metrics.registry import Metrics
from services.chassis.metrics.serving import serve, serve_green
from services.chassis.workers import eventlet_shim as green
from services.house import house as houses
from services.house.gauges import VIEWS
from services.house.settings import Settings
from services.visits.commands import RecordVisit
from tests.unit.http.village import NOW, visit


def main(data: Path, first: int, count: int, *, leads: bool) -> None:
    metrics = Metrics()
    plans = houses.blueprints
    houses.blueprints = lambda *given: [metrics.measured(one) for one in plans(*given)]
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    with houses.opened(Settings(data=data)) as house:
        for service in house.services.values():
            metrics.own.watch_service(service)
        metrics.show_databases(watched(house.services, VIEWS), SetClock(NOW), lambda _: leads)
        for number in range(first, first + count):
            command = RecordVisit.model_validate(visit(number), strict=False)
            assert house.take(command, NOW).is_taken
        serving = serve_green(metrics, 0) if leads else serve(metrics, 0)
        sys.stdout.write(f"{serving.port}\n")
        sys.stdout.flush()
        while not stopping:
            green.sleep(0.05)
        serving.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), leads=sys.argv[4] == "lead")
