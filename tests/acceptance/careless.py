"""The launcher with its memory of what it has asked for taken out: what the proof must notice.

A create whose reply is lost is simply sent again, and an intent of an earlier launcher too.
"""

import sys

from sweeper.backends.mlengine import service as mlengine
from sweeper.backends.vertex import service as vertex
from sweeper.cli import main


def forget(service):
    """It never finds a job that is there already."""
    service.find = lambda self, job: []


if __name__ == "__main__":
    forget(vertex.Vertex)
    forget(mlengine.MLEngine)
    sys.exit(main(sys.argv[1:]))
