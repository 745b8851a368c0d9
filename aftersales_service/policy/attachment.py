"""What a customer may attach: judged by what a file contains, never by what its name claims (INTAKE-24).

The sources name pictures and PDF as examples and speak of logs and video beside them; the limit of 20 MB is
read as one for each file (AMB-36). A program is refused whatever the company accepts, also where only its
name says that a double click would run it.

>>> fault_of("photo.jpg", "image/jpeg", 2_000_000, accepted(DEFAULT_FORMATS), 20)
>>> fault_of("photo.jpg", "application/x-dosexec", 2_000_000, accepted(DEFAULT_FORMATS), 20)
'runnable'
>>> fault_of("film.mp4", "video/mp4", 100 * MEGABYTE, accepted(DEFAULT_FORMATS), 20)
'too_large'
"""

MEGABYTE = 1024 * 1024

#: format as people name it → content types that it may turn out to be; "x/*" = any subtype
FORMATS = {
    "jpg": {"image/jpeg"},
    "png": {"image/png"},
    "gif": {"image/gif"},
    "webp": {"image/webp"},
    "heic": {"image/heic", "image/heif"},
    "bmp": {"image/bmp", "image/x-ms-bmp"},
    "tif": {"image/tiff"},
    "pdf": {"application/pdf"},
    "txt": {"text/*", "application/json", "application/x-ndjson", "application/csv"},
    "eml": {"message/rfc822"},
    "mp4": {"video/mp4", "video/x-m4v", "video/3gpp"},
    "mov": {"video/quicktime"},
    "webm": {"video/webm", "video/x-matroska"},
    "audio": {"audio/*"},
    "docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    "xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "zip": {"application/zip"},
}
DEFAULT_FORMATS = "jpg, png, gif, webp, heic, pdf, txt, eml, mp4, mov, webm, audio"

#: content that a machine would run, or a browser would
RUNNABLE = {
    "application/x-dosexec",
    "application/x-msdownload",
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-pie-executable",
    "application/x-sharedlib",
    "application/x-mach-binary",
    "application/x-msi",
    "application/x-ms-shortcut",
    "application/java-archive",
    "application/vnd.android.package-archive",
    "application/javascript",
    "image/svg+xml",
    "text/html",
    "text/javascript",
    "text/x-msdos-batch",
    "text/x-perl",
    "text/x-php",
    "text/x-python",
    "text/x-ruby",
    "text/x-shellscript",
}
#: first bytes of programs, for machines without the library that knows content types
RUNNABLE_HEADS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
# fmt: off
#: names that a double click runs
RUNNABLE_NAMES = {
    "exe", "com", "bat", "cmd", "scr", "pif", "msi", "jar", "apk", "app", "lnk", "reg", "hta", "js", "jse",
    "vbs", "vbe", "wsf", "wsh", "ps1", "sh", "html", "htm", "svg", "php",
}
# fmt: on


def accepted(formats):
    """Content types of a comma-separated list of format names; unknown names count for nothing."""
    return set().union(*(FORMATS.get(name, set()) for name in names_of(formats)))


def names_of(formats):
    """Names in a comma-separated list, lower case, without dots and blanks."""
    return [name for name in (part.strip(" .\t").lower() for part in (formats or "").split(",")) if name]


def unknown(formats):
    """Names in the list that are no format we know."""
    return [name for name in names_of(formats) if name not in FORMATS]


def fault_of(name, content_type, size, types, megabytes):
    """Why the file is refused: "too_large", "runnable", "not_accepted"; None where it may come in.

    :param content_type: found in the content
    :param size: bytes
    :param types: content types that are accepted
    :param megabytes: greatest size of one file; 0 or less: no limit
    """
    if megabytes > 0 and size > megabytes * MEGABYTE:
        return "too_large"
    if content_type in RUNNABLE or name.rpartition(".")[2].strip().lower() in RUNNABLE_NAMES:
        return "runnable"
    # an empty file holds nothing, good or bad
    if not size or content_type in types or f"{content_type.partition('/')[0]}/*" in types:
        return None
    return "not_accepted"


def looks_runnable(head):
    """Whether the first bytes are those of a program, or of a picture that can hold one."""
    return head.lstrip().lower().startswith(b"<svg") or head.startswith(RUNNABLE_HEADS)
