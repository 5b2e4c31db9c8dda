"""What Art Bot costs and how fast it is, measured beside other servers on the same machine in the same minutes.

Run from a checkout: `python -m benchmarks relay --rounds 1`. Not installed with the package. The fake Stable Diffusion
web UI and the private PostgreSQL are those of `tests/`. docs/performance.md has the results and says how to read them.
"""
