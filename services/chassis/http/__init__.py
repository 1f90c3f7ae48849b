"""HTTP for people and devices: routes that only translate, on Litestar, served by granian's ordinary threads."""
