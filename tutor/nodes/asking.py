"""Nodes that ask the model: `exec` with it, and where it can't answer the built-in tutor, which never fails for want of one."""

from __future__ import annotations

from pocketflow import Node

from utils.errors import ModelError


class ModelNode(Node):
    """`exec` asks `shared["model"]`; `built_in` does the same work without one.

    What `prep` returns begins with (model, terminal). An outage is told in one line, once; with --require-model it ends
    the command.
    """

    def exec_fallback(self, prepared, error):
        if not isinstance(error, ModelError):  # a bug is no outage
            raise error
        model, terminal = prepared[:2]
        if model.required:
            raise error
        if told := model.outage(error):
            terminal.notice(told)
        return self.built_in(prepared)

    def built_in(self, prepared):
        raise NotImplementedError
