"""Which concept is a kind of which? WordNet's nouns, as their own files and as ImageNet's lists tell it.

Synsets are known by their ids; words are shown, never looked up. This room refuses to guess: a row that cannot be read
is named with its file and line, and the rest is kept.
"""
