"""Servers that are there at once: a process that has loaded everything copies itself for each.

For tests that kill many. Run as a program: a line on its standard input, JSON with a port and
the environment's variables, starts a server; it answers with the server's process id.
"""

from __future__ import annotations

import json
import os
import sys
from multiprocessing import forkserver

import uvicorn

from app.commands.serve import server_config
from app.main import create_app
from app.settings import Settings
from app.workers.worker import Worker


def main() -> None:
    nursery = Worker()  # makes the process that workers are copies of, with all code compiled
    nursery.start().result()
    nursery.close()
    nursery.end.result()
    create_app()  # all that it needs is loaded
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            # It is not the copy's child, but serves it as well.
            forkserver._forkserver.ensure_running = lambda: None  # type: ignore[attr-defined]
            sys.stdin.close()
            os.environ |= asked["environment"]
            uvicorn.Server(server_config(Settings(), "127.0.0.1", asked["port"])).run()
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
