"""What lies in a folder of images, row by row?

This room reads files and rows: layouts of folders, names, headers by bytes, hashes, and manifests in Parquet. It
refuses to decode a pixel, to decide a verdict, and to know who is asking.
"""
