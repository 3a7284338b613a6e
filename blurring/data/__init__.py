"""The recipes that come with the software, one YAML file each."""
