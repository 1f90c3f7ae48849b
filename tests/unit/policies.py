"""The policy of Gaoliang Township as it came into force, for tests."""

from datetime import date

from services.chassis.policy.table import read_policy
from services.house.settings import DEFAULT_POLICY
from services.notify.policies import NotifyPolicy
from services.registry.policies import RegistryPolicy
from services.risk.policies import RiskPolicy
from services.visits.policies import DutyPolicy

FIRST = date(2024, 1, 26)
REGISTRY = read_policy([DEFAULT_POLICY], "registry", RegistryPolicy).on(FIRST)
RISK = read_policy([DEFAULT_POLICY], "risk", RiskPolicy).on(FIRST)
DUTIES = read_policy([DEFAULT_POLICY], "visits", DutyPolicy).on(FIRST)
NOTIFY = read_policy([DEFAULT_POLICY], "notify", NotifyPolicy).on(FIRST)
