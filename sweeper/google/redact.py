"""Takes out of a text what looks like a token or a key, before anybody reads it."""

from __future__ import annotations

import re

MARK = "[hidden]"
SECRETS = re.compile(
    r"""
      -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | \bya29\.[\w.-]+                                # an access token of Google's
    | \b1//[\w-]{10,}                                # a refresh token
    | \bGOCSPX-[\w-]+                                # an OAuth client's secret
    | \bAIza[\w-]{20,}                               # an API key
    | \beyJ[\w-]+\.[\w-]+\.[\w-]*                    # a signed JWT
    | (?<=Bearer\ )[^\s"',]{8,}
    | (?<=://)[^\s/@]+(?=@)                          # user:password of an address
    | (?:(?<=[?&]upload_id=)|(?<=[?&]key=)|(?<=[?&]access_token=)|(?<=[?&]X-Goog-Signature=))[^\s&"']+
    | (?P<name>["']?\b(?:access_token|refresh_token|id_token|client_secret|private_key|password)\b["']?\s*[:=]\s*)
      (?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,}&]+)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


def redact(text: str, *known: str) -> str:
    """The text without anything that looks like a secret, and without those that are known to be one."""
    for secret in known:
        if secret:
            text = text.replace(secret, MARK)
    return SECRETS.sub(lambda found: f"{found['name'] or ''}{MARK}", text)
