"""The jobs of the snow skill by name."""

from kit.jobs import Job

TELL_FOLLOWERS = Job("snow.tell_followers")
"""Tell everybody who follows a report of one change."""
FETCH_PHOTO = Job("snow.fetch_photo")
"""Take in a photo that came with a report."""
FOLLOW_PLOUGHS = Job("snow.follow_ploughs", cron="* * * * *")
"""Compute the passages of the last positions."""
LOOK_AFTER = Job("snow.look_after", cron="*/10 * * * *")
"""Ask 「まだありますか」, and end what nobody speaks of any more."""
FORGET_OLD = Job("snow.forget_old", cron="50 18 * * *")
"""Forget what its retention no longer allows; at night, in UTC."""
