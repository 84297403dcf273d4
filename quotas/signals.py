"""What quotas announce to the apps above."""

from __future__ import annotations

from django.dispatch import Signal

soft_line_passed = Signal()
"""project, resource, used, line. In the act's transaction, once for each time that what *project*
has of *resource* comes above the soft one of *line*; the sender is `Usage`."""
