"""The Chinese translation is complete, or the build fails.

The terms of an addon are exported by Odoo itself from a database that holds it, since only Odoo knows all
the places where a term may stand: fields, selections, views, data, Python, JavaScript.

check    lists terms without a translation, entries nobody uses, fuzzy ones, and translations that lost or
         changed a placeholder or a tag: the reader would see a traceback or a broken page instead of a text
update   brings new terms into the .po files and takes out the ones that are gone; the rest stays as it is,
         only punctuation in Chinese sentences becomes full width, as Chinese text is set
"""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
EXPORTS = ROOT / ".dev/i18n"
LANGUAGE = "zh_CN"
ADDONS = sorted(path.parent.name for path in ROOT.glob("aftersales_*/__manifest__.py"))

EXPORT = """
import pathlib
from odoo.tools.translate import trans_export

for addon in {addons!r}:
    with (pathlib.Path({folder!r}) / (addon + ".pot")).open("wb") as file:
        trans_export(None, [addon], file, "po", env)
"""

# What a program puts into a text: %s, %(name)s, {{name}}; and the tags and expressions of a view.
PERCENT = re.compile(r"%(?:\(\w+\))?[-+0 #]*\d*(?:\.\d+)?[sdifgrx]")
BRACES = re.compile(r"\{\{.*?\}\}|\{\w*\}")
TAG = re.compile(r"</?[a-zA-Z][\w.:-]*")
EXPRESSION = re.compile(r"""\st-[\w-]+=(?:"[^"]*"|'[^']*')""")
WORDS_IN_EXPRESSION = re.compile(r"""\bor ('[^']*'|"[^"]*")""")  # name or 'customer': text again

# A mark after a Chinese character (or a value in a Chinese sentence), but not in an address or a clock time.
HAN = "\u4e00-\u9fff"
NARROW_MARK = re.compile(
    rf"((?<=[{HAN}”’）》])|(?<=\)s)(?=.[{HAN}%])(?!.[/\d])|(?<=[}}%][}}s])(?=.[{HAN}]))([,;:?!])(?!/) ?"
)
# After a value that a template puts in: before the next tag or Chinese word.
MARK_AFTER_TAG = re.compile(rf"(?:(?<=>)|^)([,;:?!.])(?=\s*<|\s*[{HAN}]) ?")
# Round brackets that hold Chinese or follow it; not those of a placeholder or of code.
BRACKETS = re.compile(r"(?<!%)\(((?:[^()<>]|%\(\w+\)[sd])*)\)")
WIDE = dict(zip(",;:?!.", "，；：？！。", strict=True))


def typeset(text):
    """``text`` with full-width marks, if it is Chinese."""
    if not re.search(f"[{HAN}]", text):
        return text
    text = BRACKETS.sub(_wide_brackets, text)
    text = NARROW_MARK.sub(lambda mark: WIDE[mark[2]], text)
    return MARK_AFTER_TAG.sub(lambda mark: WIDE[mark[1]], text)


def _wide_brackets(found):
    before = found.string[: found.start()].rstrip()[-1:]
    chinese = re.search(f"[{HAN}]", found[1]) or re.match(f"[{HAN}”]", before)
    return f"（{found[1]}）" if chinese else found[0]


def export():
    """{addon: its terms as Odoo finds them}."""
    EXPORTS.mkdir(parents=True, exist_ok=True)
    database = f"i18n_{os.getpid()}"
    script = EXPORT.format(addons=ADDONS, folder=str(EXPORTS))
    subprocess.run([ROOT / "dev/newdb", database, "--quick"], check=True, stdout=subprocess.DEVNULL)
    try:
        command = [ROOT / "dev/odoo", "shell", "-d", database, "--no-http", "--log-level=error"]
        subprocess.run(command, input=script, text=True, check=True, stdout=subprocess.DEVNULL)
    finally:
        subprocess.run([ROOT / "dev/dropdb", database], check=True)
    return {addon: polib.pofile(str(EXPORTS / f"{addon}.pot")) for addon in ADDONS}


def translation(addon):
    path = ROOT / addon / "i18n" / f"{LANGUAGE}.po"
    if path.exists():
        return polib.pofile(str(path))
    po = polib.POFile(wrapwidth=78)
    po.fpath = str(path)
    return po


def placeholders(text):
    """What must stand in a translation as often as in its source."""
    text = text.replace("%%", "")
    return Counter(
        WORDS_IN_EXPRESSION.sub("or ''", found)
        for pattern in (PERCENT, BRACES, TAG, EXPRESSION)
        for found in pattern.findall(text)
    )


def complaints(source, po):
    """One sentence for each term that a Chinese reader would not get right."""
    known = {entry.msgid: entry for entry in po if not entry.obsolete}
    wanted = {entry.msgid for entry in source}
    for msgid in wanted - set(known):
        yield f"not translated: {msgid!r}"
    for msgid, entry in known.items():
        if msgid not in wanted:
            yield f"no longer used: {msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"marked fuzzy, so somebody must look at it: {msgid!r}"
        elif not entry.msgstr.strip():
            yield f"not translated: {msgid!r}"
        elif placeholders(msgid) != placeholders(entry.msgstr):
            yield f"placeholders differ: {msgid!r} → {entry.msgstr!r}"
    for entry in po.obsolete_entries():
        yield f"obsolete entry: {entry.msgid!r}"


def check():
    wrong = 0
    for addon, source in export().items():
        found = sorted(complaints(source, translation(addon)))
        wrong += len(found)
        print(f"{addon}: {len(source)} terms, {len(found)} to mend in i18n/{LANGUAGE}.po")
        for sentence in found:
            print(f"  {sentence}")
    if wrong:
        print("dev/update_translations brings in what is missing and takes out what is gone; then translate.")
    return 1 if wrong else 0


def update():
    for addon, source in export().items():
        po = translation(addon)
        known = {
            entry.msgid: entry.msgstr for entry in po if not entry.obsolete and "fuzzy" not in entry.flags
        }
        Path(po.fpath).parent.mkdir(exist_ok=True)
        merged = polib.POFile(wrapwidth=78)
        merged.metadata = {
            **{key: value for key, value in source.metadata.items() if not key.endswith("-Date")},
            "Language": LANGUAGE,
            "Plural-Forms": "nplurals=1; plural=0;",
        }
        merged.header = (
            f"Chinese (simplified) translation of {addon}. dev/update_translations keeps it complete."
        )
        for entry in source:
            entry.msgstr = typeset(known.get(entry.msgid, ""))
            merged.append(entry)
        merged.save(po.fpath)
        empty = len(merged.untranslated_entries())
        print(f"{addon}: {len(merged)} terms, {empty} still without a translation")
    return 0


if __name__ == "__main__":
    sys.exit({"check": check, "update": update}[sys.argv[1]]())
