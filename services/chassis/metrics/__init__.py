"""What a process shows to Prometheus."""
