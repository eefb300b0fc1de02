"""What was searched for is kept as a keyed hash: found again by who knows the word, read by nobody."""

import pytest

from prevent_cms.history import terms


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Calum Brayforde", "brayforde  CALUM"),
        ("Zoë O'Neill", "zoe oneill"),
        ("Smith-Jones", "jones smith"),
        ("tst 26 001234 x", "TST-26-001234-X"),
    ],
)
def test_spelling_does_not_matter(typed, asked):
    assert terms.hashed(typed) == terms.hashed(asked)


def test_one_word_is_found_among_several():
    whole = set(terms.hashed("Calum Brayforde"))
    assert set(terms.hashed("Brayforde")) < whole
    assert not set(terms.hashed("Bray")) & whole


def test_a_reference_is_one_term():
    from prevent_cms.references import check_letter

    reference = f"TST-26-001234-{check_letter('TST-26-001234')}"
    assert len(terms.hashed(reference.lower())) == 1
    assert terms.hashed(reference) == terms.hashed(reference.replace("-", ""))


def test_nothing_typed_is_nothing_kept():
    assert terms.hashed("  ' - ") == []


def test_the_hash_needs_the_key(settings):
    before = terms.hashed("Brayforde")
    settings.SECRET_KEY = "another-key-" * 5
    assert terms.hashed("Brayforde") != before
    settings.SECRET_KEY_FALLBACKS = ["for-tests-only-" * 4]
    assert terms.each_way("Brayforde") == [terms.hashed("Brayforde"), before]


def test_a_long_text_leaves_few_hashes():
    assert len(terms.hashed(" ".join(f"word{n}" for n in range(200)))) == terms.MOST
