"""What is known of the rights in an image, and how sure is it? Evidence from its bytes and from where it was found.

Evidence names what it says, where it stands and the very words; it decides nothing, and what it contradicts is listed.
"""
