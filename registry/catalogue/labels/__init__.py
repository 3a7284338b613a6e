"""What do people say is in these images? Label files as they circulate, told by their content and never by their name.

Files of one name hold different numberings; this room says what it concluded and from what, and refuses where two
readings are possible.
"""
