"""INTAKE-24: what may be attached is decided by content and size, never by the name alone."""

import pytest

from odoo.addons.aftersales_service.policy import attachment

DEFAULT = attachment.accepted(attachment.DEFAULT_FORMATS)


def fault(name, content_type, size=1000, types=DEFAULT, megabytes=20):
    return attachment.fault_of(name, content_type, size, types, megabytes)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("photo.jpg", "image/jpeg"),
        ("photo.jpg", "image/png"),  # telephones name them so
        ("invoice.pdf", "application/pdf"),
        ("router.log", "text/plain"),
        ("no extension", "text/csv"),
        ("video.mp4", "video/mp4"),
        ("voice.amr", "audio/amr"),
    ],
)
def test_pictures_papers_logs_and_films_come_in(name, content_type):
    """INTAKE-24, AMB-36: logs, screenshots and video are named beside JPG, PNG and PDF."""
    assert fault(name, content_type) is None


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("photo.jpg", "application/x-dosexec"),
        ("invoice.pdf", "application/x-pie-executable"),
        ("drawing.png", "image/svg+xml"),
        ("readme.txt", "text/html"),
        ("photo.jpg.exe", "image/jpeg"),
        ("start.BAT ", "text/plain"),
        ("log.js", "text/plain"),
    ],
)
def test_a_program_is_refused_whatever_it_is_called(name, content_type):
    """INTAKE-24"""
    assert fault(name, content_type) == "runnable"


def test_a_company_cannot_let_programs_in():
    everything = attachment.accepted(", ".join(attachment.FORMATS)) | {"application/x-dosexec"}
    assert fault("a.bin", "application/x-dosexec", types=everything) == "runnable"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (20 * attachment.MEGABYTE, None),
        (20 * attachment.MEGABYTE + 1, "too_large"),
        (100 * attachment.MEGABYTE, "too_large"),
    ],
)
def test_the_limit_is_twenty_megabytes_a_file(size, expected):
    """INTAKE-24: "normally at most 20 MB", exactly 20 may come in."""
    assert fault("photo.jpg", "image/jpeg", size) == expected


def test_no_limit_where_the_company_sets_none():
    assert fault("photo.jpg", "image/jpeg", 10**12, megabytes=0) is None


def test_what_is_not_on_the_list_stays_out_and_what_is_put_there_comes_in():
    assert fault("parts.zip", "application/zip") == "not_accepted"
    assert fault("parts.zip", "application/zip", types=attachment.accepted("jpg, ZIP")) is None


def test_an_empty_file_harms_nobody():
    assert fault("empty", "application/x-empty", size=0) is None


def test_names_of_formats_forgive_dots_blanks_and_capitals():
    assert attachment.names_of(" .JPG, pdf ,,") == ["jpg", "pdf"]
    assert attachment.unknown("jpg, exe, doc") == ["exe", "doc"]


@pytest.mark.parametrize(
    "head", [b"MZ\x90", b"\x7fELF\x02", b"#!/bin/sh", b"\n <SVG onload=", b"\xca\xfe\xba\xbe"]
)
def test_first_bytes_tell_a_program_without_a_library(head):
    assert attachment.looks_runnable(head)
    assert not attachment.looks_runnable(b"\xff\xd8\xff\xe0" + head)
