"""What the program takes in, one line each. Earlier routes are tried first."""

from importlib import import_module

from auth.modules import Module, Modules, check_intents

NAMES = (
    "bot",
    "identity",
    "actions",
    "services.places",
    "services.waste",
    "services.facilities",
    "services.faq",
    "services.residents",
    "services.disaster",
    "services.sensors",
    "services.snow",
    "services.health",
    "services.clinics",
    "services.opendata",
    "services.developers",
    "services.nursery",
    "services.procedures",
)


def load_modules(names: tuple[str, ...] = NAMES) -> Modules:
    """Return the modules of those packages. Raises TypeError for one that is none, and
    BadManifestError where a manifest does not fit what its module has.
    """
    found = []
    for name in names:
        module = import_module(f"{name}.module").MODULE
        if not isinstance(module, Module):
            raise TypeError(f"{name}.module.MODULE is no Module")
        module.check()
        found.append(module)
    check_intents(found)
    return Modules(found)
