"""Reports: what the services' logs say of a village or the township, as tables whose figures open to event ids."""
