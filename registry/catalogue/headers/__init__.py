"""What does a picture's file say about itself, before anybody decodes it?

One file per format, each reading a `Window` and filling a `Header`. This room refuses to believe a suffix, to decode
pixels, and to read more of a hostile file than named limits allow.
"""
