"""What the checks share; Rasa's Python cannot import the fixtures of the product.

The suite's own Python, which has no Rasa, reads this file while it collects: imports stand within.
"""

import asyncio
import os
from typing import Any

import pytest


@pytest.fixture(scope="session")
def agent() -> Any:
    """The trained model."""
    from rasa.core.agent import Agent

    return Agent.load(os.environ["TRAINED_MODEL"])


@pytest.fixture(scope="session")
def relations(agent: Any) -> Any:
    """How a message goes on with what was said before, learned with that model."""
    from channels.learning import learn_relations

    return asyncio.run(learn_relations(agent.processor))
