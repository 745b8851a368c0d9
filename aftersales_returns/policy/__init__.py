"""Decisions of the returns addon, in plain Python.

A module here imports the standard library, its siblings and the kernel's policy modules (``lifecycle``,
``deadline``, ``verdict`` of aftersales_service, by relative import), nothing else.
"""
