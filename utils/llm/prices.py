"""What tokens cost, by the prices per million that the learner has put into config.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Price:
    """Of a model's tokens, per million, as the price lists of services have them."""

    prompt: float
    completion: float
    currency: str = "$"

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1_000_000

    def shown(self, amount: float) -> str:
        """`$0.0023`, `€1.20`, `CHF 1.20`: with as many digits as tell small amounts apart."""
        figures = f"{amount:,.2f}" if amount >= 0.1 or not amount else f"{amount:.4f}" if amount >= 0.0001 else "0.0001"
        gap = " " if self.currency[-1:].isalpha() else ""
        less = "less than " if 0 < amount < 0.0001 else ""
        return f"{less}{self.currency}{gap}{figures}"
