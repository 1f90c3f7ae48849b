"""The policy of Gaoliang Township as it came into force, for tests."""

from datetime import date

from services.chassis.policy.table import DEFAULT, read_policy
from services.notify.policies import NotifyPolicy
from services.registry.policies import RegistryPolicy
from services.risk.policies import RiskPolicy
from services.visits.policies import DutyPolicy

FIRST = date(2024, 1, 26)
REGISTRY = read_policy([DEFAULT], "registry", RegistryPolicy).on(FIRST)
RISK = read_policy([DEFAULT], "risk", RiskPolicy).on(FIRST)
DUTIES = read_policy([DEFAULT], "visits", DutyPolicy).on(FIRST)
NOTIFY = read_policy([DEFAULT], "notify", NotifyPolicy).on(FIRST)
