"""LINE's signature over the raw bytes."""

from bot.line.signature import SignatureCheck, sign

# Test vector of LINE's definitions, section 2.1 of the platform facts.
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def _check(body: bytes, header: str | None, *secrets: str) -> bool:
    check = SignatureCheck([("default", secret) for secret in secrets])
    for byte in body:
        check.update(bytes([byte]))
    return check.signers(header) == {"default"}


def test_the_published_vector_matches() -> None:
    assert sign(BODY, SECRET) == SIGNATURE
    assert _check(BODY, SIGNATURE, SECRET)


def test_the_previous_secret_is_accepted_during_a_rotation() -> None:
    assert _check(BODY, SIGNATURE, "new-secret", SECRET)


def test_any_other_byte_or_header_is_refused() -> None:
    assert not _check(BODY + b" ", SIGNATURE, SECRET)
    assert not _check(BODY, SIGNATURE, "other")
    for header in (None, "", "x", "あ", SIGNATURE[:-2], SIGNATURE.lower()):
        assert not _check(BODY, header, SECRET)
