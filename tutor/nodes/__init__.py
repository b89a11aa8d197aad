"""The verbs of the tutor, by flow: `prep` reads the shared store, `exec` works, `post` writes and says what happened.

The shared store's keys are listed in flow.py. Nodes are copied at every visit, so none keeps state on itself.
"""
