"""The model servers that `--server` knows by name: where each is, and which variable holds its key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    """A service, or a program on one's own machine at its usual port.

    address_variable: holds the address where every customer has one of their own, to which `path` is added.
    """

    base_url: str
    key_variable: str = "OPENAI_API_KEY"
    service: bool = True  # it needs a key, and offers so many models that one has to be named
    address_variable: str = ""
    path: str = ""


SERVERS = {
    "openai": Server("https://api.openai.com/v1"),
    "openrouter": Server("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "anthropic": Server("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
    "gemini": Server("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "groq": Server("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "mistral": Server("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "deepseek": Server("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY"),
    "azure": Server("", "AZURE_OPENAI_API_KEY", address_variable="AZURE_OPENAI_ENDPOINT", path="/openai/v1"),
    "ollama": Server("http://127.0.0.1:11434/v1", service=False),
    "llamacpp": Server("http://127.0.0.1:8080/v1", service=False),
    "vllm": Server("http://127.0.0.1:8000/v1", service=False),
    "lmstudio": Server("http://127.0.0.1:1234/v1", service=False),
}
VARIABLES = {name for server in SERVERS.values() for name in (server.key_variable, server.address_variable) if name}
