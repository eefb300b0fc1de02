"""Two changes of one text: told apart, joined, and nothing of either lost."""

import random

import pytest

from prevent_cms.merging import Piece, join, pieces

BASE = "Lives with his mother. School holds the trust. Speak to Ruth Okafor."


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "text", "touches"),
    [
        ("", "", "", "", False),
        (BASE, BASE, BASE, BASE, False),
        (BASE, BASE + " Or Ben.", BASE, BASE + " Or Ben.", False),
        (BASE, BASE, "Lives alone.", "Lives alone.", False),
        (
            BASE,
            BASE + " Or Ben.",
            BASE.replace("mother.", "mother and grandmother."),
            BASE.replace("mother.", "mother and grandmother.") + " Or Ben.",
            False,
        ),
        ("a b c", "a x c", "a x c", "a x c", False),
        ("a b c", "a mine c", "a theirs c", "a theirs\nmine c", True),
        ("a b c", "a c", "a theirs c", "a theirs c", True),
        ("", "Mine.", "Theirs.", "Theirs.\nMine.", True),
    ],
)
def test_joined(base, mine, theirs, text, touches):
    assert join(base, mine, theirs) == (text, touches)


def test_what_was_added_and_taken_out():
    assert pieces("a b c", "a x c d") == [
        Piece("a "),
        Piece("b", "taken out"),
        Piece("x", "added"),
        Piece(" c"),
        Piece(" d", "added"),
    ]
    assert pieces("same", "same") == [Piece("same")]
    assert pieces("", "new") == [Piece("new", "added")]


def test_pieces_tell_both_texts_and_a_join_loses_no_new_word():
    chance = random.Random(7)
    for _ in range(500):
        base = [f"w{number}" for number in range(chance.randrange(12))]
        sides = []
        for who in ("m", "t"):
            words = [word for word in base if chance.random() > 0.2]
            for number in range(chance.randrange(4)):
                words.insert(chance.randint(0, len(words)), f"{who}{number}")
            sides.append(" ".join(words))
        mine, theirs = sides
        found = pieces(" ".join(base), mine)
        assert "".join(piece.words for piece in found if piece.kind != "taken out") == mine
        assert "".join(piece.words for piece in found if piece.kind != "added") == " ".join(base)
        joined = join(" ".join(base), mine, theirs).text.split()
        new = {word for word in (mine + " " + theirs).split() if word[0] in "mt"}
        assert new <= set(joined)
