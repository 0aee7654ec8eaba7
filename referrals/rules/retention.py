"""How long a record is kept: pure functions of dates and the clinic's table (LAW.md, Retention).

Counted from the day the request ended, in whole years; a child's at least until the age the rule names.
What was never sent is kept as long as it may be opened again.
"""

import datetime as dt

from referrals.vocabulary import FileKind, RecordClass, RecordType

DRAFT_DAYS = 90  # as long as a lapsed draft can be opened again
WARN_DAYS = (30, 7)  # P22
PAPERWORK_YEARS = 6  # forms and letters: 45 CFR 164.530(j)
COMING_OF_AGE = 18
# Where a clinic has no rule of its own: the longest of the laws that were read (North Carolina, hospitals).
YEARS, MINORS_UNTIL = 11, 30


def class_of(record, case):
    if case.submitted_at is None:
        return RecordClass.DRAFT
    if record.kind == FileKind.DICOM or record.type == RecordType.IMAGES:
        return RecordClass.IMAGING
    return RecordClass.PATHOLOGY if record.type == RecordType.PATHOLOGY else RecordClass.CLINICAL


def keep_until(record_class, *, ended_on, born_on, rule=None):
    """The last day on which it is kept. `rule` is the clinic's RetentionRule for the class, or None."""
    if record_class == RecordClass.DRAFT:
        return ended_on + dt.timedelta(days=DRAFT_DAYS)
    until = years_after(ended_on, rule.years if rule else YEARS)
    age = rule.minors_until if rule else MINORS_UNTIL
    if age and born_on and years_after(born_on, COMING_OF_AGE) > ended_on:
        until = max(until, years_after(born_on, age))
    return until


def paperwork_before(now):
    """What ended before this moment need not be kept any more."""
    return years_after(now, -PAPERWORK_YEARS)


def years_after(day, years):
    """The same day so many years on; 1 March for a 29 February that there isn't."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1)
