"""Which pictures look the same? Meta's perceptual hash PDQ, and an index that finds every near one.

PDQ is 256 bits; two pictures count as the same where at most 31 of them differ. `hashing` alone sees pixels.
"""
