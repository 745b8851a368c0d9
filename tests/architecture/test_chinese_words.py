"""One word for one thing, in Chinese too (docs/glossary.md); these once stood in the wrong place."""

from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("aftersales_*/i18n/zh_CN.po"))
#: {a word that is never used: the word for it}
NEVER = {"顾客": "客户", "买家": "客户", "工单：": "服务单："}
#: {an English term: its only translation}; Odoo's own addons mean another thing by the same word
ALWAYS = {"State": "状态", "Amount": "金额", "Channel": "渠道", "Customer": "客户", "by %s": "%s 之前"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_a_thing_has_one_name(path):
    entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    wrong = [entry.msgstr for entry in entries if any(word in entry.msgstr for word in NEVER)]
    assert wrong == []
    otherwise = {e.msgid: e.msgstr for e in entries if e.msgid in ALWAYS and e.msgstr != ALWAYS[e.msgid]}
    assert otherwise == {}
