"""house: all services in one process, moved through time by a clock; scenarios and their facts."""
