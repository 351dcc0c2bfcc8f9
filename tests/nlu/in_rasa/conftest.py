"""What the checks share; Rasa's Python cannot import the fixtures of the product."""

import asyncio
import os

import pytest
from channels.learning import learn_relations
from channels.relations import Relations
from rasa.core.agent import Agent


@pytest.fixture(scope="session")
def agent() -> Agent:
    """The trained model."""
    return Agent.load(os.environ["TRAINED_MODEL"])


@pytest.fixture(scope="session")
def relations(agent: Agent) -> Relations:
    """How a message goes on with what was said before, learned with that model."""
    return asyncio.run(learn_relations(agent.processor))
