"""Starts Art Bot: `python run.py`. The same as `artbot serve`; settings come from the environment and `.env`."""

import sys

from artbot_server.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve"]))
