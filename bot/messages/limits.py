"""LINE's limits on what is sent, in one place (LINE Messaging API reference, "Message objects").

Units differ: texts and alt texts count UTF-16 code units, labels count graphemes.
"""

MESSAGES_PER_CALL = 5
TEXT_UTF16 = 5000
ALT_TEXT_UTF16 = 1500
QUICK_REPLIES = 13
LABEL_GRAPHEMES = 20
FLEX_BUTTON_LABEL_GRAPHEMES = 40
MESSAGE_ACTION_TEXT_GRAPHEMES = 300
DISPLAY_TEXT_GRAPHEMES = 300
BUBBLES = 12
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
