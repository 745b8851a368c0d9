"""Words to search by, in Chinese and in alphabetic scripts.

Chinese is written without blanks, so a run of characters becomes its overlapping pairs: whoever asks for
漏水 finds 压缩机漏水不启动. The last character of a run stands alone as well, so that every single
character can be found as the beginning of a word. Alphabetic text becomes lower-case words, whole: endings
are left to the trigrams of the database, which forgive typing errors too.

>>> words("压缩机漏水不启动")
('压缩', '缩机', '机漏', '漏水', '水不', '不启', '启动', '动')
>>> words("Compressor LEAKS, E-04")
('compressor', 'leaks', 'e', '04')
>>> query("漏水")
"'漏水'"
>>> query("漏 E04")
"'e04' | '漏':*"
>>> query("...") is None
True
"""

import re
import unicodedata

# Han with its extensions and compatibility forms, kana, hangul: scripts that are searched by pairs
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
RUN = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
IS_CJK = re.compile(f"[{CJK}]")

#: more words than that are not looked at: a pasted log must not become a query of thousands of terms
MAX_WORDS = 200


def words(text: str | None) -> tuple[str, ...]:
    """Words of ``text`` as they are stored, each once, in order."""
    found = []
    for run in runs(text):
        found += [*pairs(run), run[-1]] if IS_CJK.match(run) else [run]
    return tuple(dict.fromkeys(found))


def runs(text: str | None) -> list[str]:
    """Runs of one kind of script; full-width letters and digits count as the ordinary ones."""
    return RUN.findall(unicodedata.normalize("NFKC", text or "").lower())


def pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def query(text: str | None) -> str | None:
    """``text`` as a PostgreSQL tsquery in which any word counts; None where there is nothing to ask for."""
    whole, begun = set(), set()
    for run in runs(text)[:MAX_WORDS]:
        if not IS_CJK.match(run):
            whole.add(run)
        elif len(run) == 1:
            begun.add(run)
        else:
            whole.update(pairs(run))
    terms = [f"'{word}'" for word in sorted(whole)[:MAX_WORDS]]
    terms += [f"'{word}':*" for word in sorted(begun)[:MAX_WORDS]]
    return " | ".join(terms) or None


def latin_words(text: str | None) -> tuple[str, ...]:
    """Alphabetic words that are long enough to be misspelt, for the trigram search."""
    found = [run for run in runs(text) if not IS_CJK.match(run) and len(run) > 3 and not run.isdigit()]
    return tuple(dict.fromkeys(found))[:20]
