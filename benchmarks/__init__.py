"""benchmarks: each prints ratios to a limit measured in the same run, and leaves its figures in `var/bench/`."""
