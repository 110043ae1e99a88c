"""What leaves the service: one file per format."""
