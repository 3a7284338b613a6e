"""The only room that asks strangers for something: are the pictures still where they came from?

Answers: what came back for this URL, politely asked for, and what does that mean? Refuses to be used against anybody:
no address that is not public, no more bytes, seconds or redirects than the limits say, nothing that a host's robots.txt
forbids, and one host at a time, slowly.
"""
