"""The registry: what happened to the images of a dataset, by whom, and what anyone can check about it."""
