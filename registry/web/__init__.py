"""The door for browsers: pages drawn on the server, with nothing to run and nothing loaded from elsewhere."""
