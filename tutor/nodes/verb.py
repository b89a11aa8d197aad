"""How a node reads and writes the store: by name.

PocketFlow's `prep` hands one value to `exec`. Here the parameters of `exec` name the keys of the store that it reads, so that
nothing is packed and unpacked by position: `def exec(self, item: Item, answer: str) -> Grade`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from inspect import signature
from typing import Any, ClassVar

from pocketflow import Node

from utils.errors import ModelError, ProgramStopped, ReplyStopped


@cache
def parameters(function: Callable) -> tuple[str, ...]:
    """The names of a method's parameters, without `self`."""
    return tuple(name for name in signature(function).parameters if name != "self")


def call(method: Callable, named: Mapping[str, Any]) -> Any:
    """Call a method with those of the named values that it has parameters for."""
    return method(**{name: named[name] for name in parameters(method.__func__)})  # type: ignore[attr-defined]


class Verb(Node):
    """A node. What `exec` returns is kept in the store under `keeps`; `post` is overridden where more follows from it."""

    keeps: ClassVar[str] = ""

    @classmethod
    def reads(cls) -> tuple[str, ...]:
        """The keys of the store that this node reads before it works."""
        return parameters(cls.exec)

    def prep(self, shared: Any) -> dict[str, Any]:
        return {name: shared[name] for name in self.reads()}

    def _exec(self, prepared: dict[str, Any]) -> Any:
        """Like PocketFlow's, with the values passed by name. It tries once: utils.call_llm retries by itself."""
        return call(self.exec, prepared)

    def post(self, shared: Any, prepared: dict[str, Any], result: Any) -> str | None:
        if self.keeps:
            shared[self.keeps] = result
        return None


class ModelVerb(Verb):
    """A node that asks the model. `built_in` does the same work without one, whenever there is none or it fails.

    So it does where a reply is stopped. A failure is shown in one line, once. With --require-model it ends the command.
    """

    @classmethod
    def reads(cls) -> tuple[str, ...]:
        return tuple(dict.fromkeys(("model", "terminal", *parameters(cls.exec), *parameters(cls.built_in))))

    def _exec(self, prepared: dict[str, Any]) -> Any:
        model = prepared["model"]
        if not model.available:
            return call(self.built_in, prepared)
        try:
            return call(self.exec, prepared)
        except ReplyStopped as stopped:
            if not isinstance(stopped, ProgramStopped):
                prepared["terminal"].notice("stopped, going on with the built-in tutor")
            return call(self.built_in, prepared)
        except ModelError as error:
            if model.required:
                raise
            if line := model.outage(error):
                prepared["terminal"].notice(line)
            return call(self.built_in, prepared)

    def built_in(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError
