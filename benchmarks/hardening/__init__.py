"""Long runs of what the tests do in short: attacks on the reading of inputs."""
