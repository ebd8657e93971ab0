"""Run one command; print as JSON its seconds from start to end, those of the processor, and its most memory in bytes.

It is a program by itself, and a small one, because Linux counts into a child's peak what the process held that started
it: one that holds a model of fastText would find 800 MB in everything.
"""

import json
import resource
import subprocess
import sys
import time

UNIT_BYTES = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss

if __name__ == "__main__":
    started = time.perf_counter()
    code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False).returncode
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_seconds, peak_bytes = used.ru_utime + used.ru_stime, used.ru_maxrss * UNIT_BYTES
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_bytes": peak_bytes}))
    sys.exit(code)
