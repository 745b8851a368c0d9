"""Decisions of the survey addon, in plain Python: no record, no clock, no translation.

``sampling``       who is invited to answer when a ticket is closed
``scoring``        level, weighted index and the statistics over many answers
``followup``       which contacts are due when, after what
``followup_flow``  the life of one contact
"""
