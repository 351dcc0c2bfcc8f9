"""The bot's jobs by name: everything that an event, a turn or a sending leaves to be done."""

from kit.jobs import Job

TAKE_TURN = Job("bot.take_turn", queue="turns")
"""Serve one event of one citizen; its lock keeps their events in order."""
TELL_WAITING = Job("bot.tell_waiting", queue="send")
"""Say that the answer takes longer."""
SEND = Job("bot.send", queue="send")
"""Carry out one row of the outbox."""
SEND_CHUNK = Job("bot.send_chunk", queue="bulk")
"""Send one chunk of an announcement."""
SEND_DRAFT = Job("bot.send_draft")
"""Send a broadcast of staff whose time has come."""
FETCH_MEDIA = Job("bot.fetch_media", queue="media")
"""Fetch a file that a citizen sent."""
NOTE_GROUP = Job("bot.note_group", queue="send")
"""Say the one note in a group."""
FORGET_CONVERSATION = Job("bot.forget_conversation")
"""Delete what Rasa keeps of one citizen."""
REPORT_LINK = Job("bot.report_link")
"""Tell identity how LINE's account link dialog ended."""
REPORT_UNFOLLOW = Job("bot.report_unfollow")
"""Tell identity that a citizen is gone."""
FORGET_CITIZEN = Job("bot.forget_citizen")
"""Have everything of a citizen erased who did not come back."""
ERASE_OLD = Job("bot.erase_old", cron="40 17 * * *")
"""Erase content whose time is over; at night, in UTC."""
FORGET_LOST = Job("bot.forget_lost", cron="50 17 * * *")
"""Find the citizens who did not come back."""
TEND_HANDOFFS = Job("bot.tend_handoffs", cron="* * * * *")
"""Return conversations whose holder is gone to the queue, and end what nobody goes on with."""
SWITCH_MENUS = Job("bot.switch_menus")
"""Show the disaster menus or the everyday ones, whichever the state of the city asks for."""
