"""What a store survives."""
