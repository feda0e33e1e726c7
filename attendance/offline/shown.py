"""Displayed names as rows carry them: Base64 as documented (42701), or plain."""

import base64
import binascii
import re
from collections.abc import Sequence

from portal.tencent import wire

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_LETTERS = re.compile(r"[^\W_]")
_PLAIN = re.compile(r"[\x20-\x7e]+")
DAMAGED = "\ufffd"


def names(carried: Sequence[str]) -> list[str]:
    """Give the names in what rows carry.

    Meaning: "Lisa" is Base64 too, so all rows are looked at first: where most do not decode to a text, none is Base64
    but what decodes to Chinese. What does not decode to a text is plain.
    """
    read = {each: _unpacked(each) for each in dict.fromkeys(carried)}
    packed = sum(text is not None for each, text in read.items() if each)
    mostly = 2 * packed >= sum(1 for each in read if each)
    said = {
        each: text if text is not None and (mostly or _HAN.search(text)) else wire.as_text(each)
        for each, text in read.items()
    }
    return [said[each] for each in carried]


def _unpacked(carried: str) -> str | None:
    """Decode Base64, padded or not; None for what gives no text that somebody would be called."""
    try:
        data = base64.b64decode(carried + "=" * (-len(carried) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    # The manual's own samples have damaged bytes.
    text = data.decode("utf-8", "replace")
    if _CONTROL.search(text) or 2 * text.count(DAMAGED) > len(_HAN.findall(text)):
        return None
    if _PLAIN.fullmatch(text) and 2 * len(_LETTERS.findall(text)) < len(text):
        return None
    return text
