"""Words to search by, in Chinese and in alphabetic scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import search_text

CHINESE = st.text(alphabet="压缩机漏水不启动冰箱制冷电源", min_size=1, max_size=12)


@pytest.mark.parametrize("asked", ["漏水", "压缩机", "启动", "机漏", "压缩机漏水不启动"])
def test_every_part_of_a_chinese_symptom_is_found_by_its_pairs(asked):
    """DIAG-10: there are no blanks between the words, so pairs of characters stand for them."""
    stored = set(search_text.words("压缩机漏水不启动"))
    assert set(search_text.pairs(asked)) <= stored


@given(before=CHINESE, asked=CHINESE, after=CHINESE)
def test_whatever_stands_around_it_a_part_is_found(before, asked, after):
    """DIAG-10."""
    stored = search_text.words(before + asked + after)
    if len(asked) == 1:
        assert any(word.startswith(asked) for word in stored)
    else:
        assert set(search_text.pairs(asked)) <= set(stored)


def test_words_of_both_scripts_stand_side_by_side():
    assert search_text.words("E04报警 WiFi断开") == ("e04", "报警", "警", "wifi", "断开", "开")


def test_full_width_letters_are_the_ordinary_ones():
    assert search_text.words("Ｅ０４") == ("e04",)


@given(st.text(max_size=300))
def test_nothing_in_a_text_can_break_the_query(text):
    """Quotes, operators and backslashes never get into the query: only letters and digits do."""
    asked = search_text.query(text)
    if asked is not None:
        for term in asked.split(" | "):
            word = term.removesuffix(":*")
            assert word[0] == word[-1] == "'"
            assert not set("'\\ ") & set(word[1:-1])


def test_a_pasted_log_does_not_become_an_endless_query():
    text = " ".join(f"word{number}" for number in range(5000))
    assert search_text.query(text).count("|") < search_text.MAX_WORDS


@pytest.mark.parametrize("nothing", ["", None, "  ", "!? …"])
def test_without_a_word_there_is_nothing_to_ask(nothing):
    assert search_text.query(nothing) is None


def test_short_words_and_numbers_are_not_held_for_typing_errors():
    assert search_text.latin_words("The compresor 12345 is off 漏水") == ("compresor",)
