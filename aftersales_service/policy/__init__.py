"""Decisions of the service addon, in plain Python.

A module here imports the standard library and its siblings, nothing else: no record, no cursor, no
translation and no clock ever enters. Facts come in as frozen dataclasses, a verdict goes out; time, calendar
and amounts are arguments. Three modules are the kernel that the other addons use as well:

``lifecycle``  which event moves a document from which state to which, and who may fire it
``deadline``   when a promise is due, over working time and pauses
``verdict``    what was decided, by which clauses, so that it can be explained and replayed
"""
