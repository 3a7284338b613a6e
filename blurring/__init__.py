"""Pixels in, pixels out: finds faces and makes them unrecognisable.

Answers: given these bytes and this recipe, which bytes come out, and what was done? Knows no
database, no web, no keys and no policy.
"""
