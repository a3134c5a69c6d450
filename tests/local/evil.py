"""A trainer that looks at everything that could tell a forked process from a fresh one.

Long lines: it is text, written into a test's folder.
"""
# ruff: noqa: E501

EVIL = r'''
import sys
import json
import os
import random
import warnings
import numpy
import noisy
AT_IMPORT = {name: text for name, text in os.environ.items() if name not in ("SWEEPER_JOB_DIR", "CLOUD_ML_HP_METRIC_FILE")}
import argparse, atexit, gc, gzip, logging, multiprocessing, pickle, signal, subprocess, threading, time
import joblib
import pkg.helper

OUT = os.environ["SWEEPER_JOB_DIR"]


class Thing:
    """Pickled, and sent to other processes, by its name in __main__."""
    def __init__(self, value): self.value = value
    def __eq__(self, other): return self.value == other.value


class Dies:
    """Writes a file as it dies; holds on to what it needs, for at that time a fresh interpreter has taken much away."""
    def __init__(self, name): self.path = os.path.join(OUT, name)
    def __del__(self, open=open):
        with open(self.path, "w") as file:
            file.write("died")


def square(number):
    return number * number, __name__, multiprocessing.current_process().name.split("-")[0]


def leave(name, text):
    with open(os.path.join(OUT, name), "a") as file:
        file.write(text + "\n")


def facts():
    spec = sys.modules["__main__"].__spec__
    return {
        "argv": [sys.argv[0].replace(os.getcwd(), "CWD"), *sys.argv[1:]],
        "orig_argv": sys.orig_argv,
        "path": sys.path,
        "flags": str(sys.flags),
        "warnoptions": sys.warnoptions,
        "spec": [spec.name, spec.origin, str(spec.parent)],
        "main": sorted(name for name in vars(sys.modules["__main__"]) if name.startswith("__")),
        "file": __file__, "package": __package__, "name": __name__,
        "thing": Thing.__module__, "pickled": pickle.dumps(Thing(3)).hex(),
        "hash": hash("x"), "set": list({"a", "b", "c", "longer", "words"}),
        "signals": {number: str(signal.getsignal(number)).split(" at ")[0] for number in range(1, 32)},
        "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "wakeup": signal.set_wakeup_fd(-1),
        "environ": AT_IMPORT,
        "seeded": [random.Random(1).random(), numpy.random.RandomState(1).rand()],
        "cwd": os.getcwd(), "data": open("data.txt").read(),
        "session": os.getsid(0) == os.getpid() == os.getpgid(0),
        "descriptors": sorted(os.readlink(f"/proc/self/fd/{fd}").replace(OUT, "OUT").split("/")[-1].split(":")[0] for fd in ("0", "1", "2")),
        "open": len(os.listdir("/proc/self/fd")),
        "threads": [thread.name for thread in threading.enumerate()],
        "children": [str(child) for child in multiprocessing.active_children()],
        "gc": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
        "umask": os.umask(0o022), "nice": os.nice(0),
        "encodings": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stdout.name, sys.stderr.errors],
        "recursion": sys.getrecursionlimit(), "switch": sys.getswitchinterval(),
        "logging": [logging.getLogger().level, len(logging.getLogger().handlers)],
        "filters": [str(one) for one in warnings.filters],
        "authkey": len(multiprocessing.current_process().authkey),
        "start": multiprocessing.get_start_method(),
        "stdin": sys.stdin.read(),
    }


def end(how):
    if how == "raise":
        try:
            raise ValueError("first")
        except ValueError:
            raise RuntimeError("second\nline")
    if how == "interrupt": raise KeyboardInterrupt
    if how == "os_exit": os._exit(7)
    if how == "abort": signal.raise_signal(signal.SIGABRT)
    if how == "term": signal.raise_signal(signal.SIGTERM)
    if how == "hook":
        def hook(*args): raise LookupError("in the hook")
        sys.excepthook = hook
        raise ValueError("original")
    if how == "stdout_closed": sys.stdout.close()
    if how == "stdout_broken": print("lost"); os.close(1)
    if how == "pipe":
        reader, writer = os.pipe(); os.close(reader); os.write(writer, b"x")
    if how.startswith("exit"): sys.exit({"exit0": 0, "exit3": 3, "exit257": 257, "exit-1": -1, "exittext": "a text", "exitnone": None, "exittrue": True, "exitobject": [1, 2], "exithuge": 2**80}[how])


def main():
    how = sys.argv[1]
    with open(os.path.join(OUT, "facts.json"), "w") as file:
        json.dump(facts(), file, indent=1, default=str)
    with open(os.path.join(OUT, "draws.json"), "w") as file:
        import uuid
        json.dump([random.random(), float(numpy.random.rand()), str(uuid.uuid4()), multiprocessing.current_process().authkey.hex()], file)
    print("to stdout, buffered")
    print("to stderr", file=sys.stderr)
    logging.basicConfig(filename=os.path.join(OUT, "log.txt"), format="%(message)s"); logging.warning("logged")
    warnings.warn("a warning of its own")
    sys.stdout.buffer.write(b"bytes\n")
    if how == "work":
        with multiprocessing.get_context("fork").Pool(2) as pool: print("fork", pool.map(square, range(3)))
        with multiprocessing.get_context("spawn").Pool(1) as pool: print("spawn", pool.map(square, range(3)), pool.apply(Thing, (5,)) == Thing(5))
        print("joblib", joblib.Parallel(n_jobs=2)(joblib.delayed(square)(n) for n in range(3)))
        print("subprocess", subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout, os.system("true"))
        print("trap", subprocess.run(["sh", "-c", "trap"], capture_output=True, text=True))
    global unclosed, unclosed_gzip, layered, dies, module_dies
    unclosed = open(os.path.join(OUT, "unclosed.txt"), "w"); unclosed.write("kept")
    unclosed_gzip = gzip.open(os.path.join(OUT, "unclosed.gz"), "wt"); unclosed_gzip.write("kept" * 100)
    below = open(os.path.join(OUT, "layered.gz"), "wb")
    layered = [gzip.GzipFile(fileobj=below, mode="wb", mtime=0, filename="x"), below]; layered[0].write(b"kept")
    dies = Dies("dies.json")
    pkg.helper.keep(Dies("kept_by_helper.json"))
    atexit.register(leave, "order.txt", "atexit first registered")
    atexit.register(leave, "order.txt", "atexit last registered")
    release = threading.Event()
    def late():
        release.wait(0.05)
        leave("order.txt", "thread that outlives main")
        print("printed by a thread after main")
    if how != "os_exit": threading.Thread(target=late).start()
    if how == "daemon":
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        del dies, pkg.helper.KEPT[:]
    if how == "tee":
        import io
        kept = sys.stdout; sys.stdout = io.StringIO(); print("into the tee"); kept.write("past the tee\n")
    if how == "handler":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))
        os.kill(os.getpid(), signal.SIGTERM); time.sleep(1)
    end(how)


if __name__ == "__main__":
    main()
'''

HELPER = """
KEPT = []
def keep(thing):
    KEPT.append(thing)
"""

NOISY = """
import sys, warnings
print("printed by a library as it is imported")
warnings.warn("warned by a library as it is imported", UserWarning)
print("and to stderr", file=sys.stderr)
"""

HOWS = [
    "work",
    "exit0",
    "exit3",
    "exit257",
    "exit-1",
    "exittext",
    "exitnone",
    "exittrue",
    "exitobject",
    "exithuge",
    "raise",
    "interrupt",
    "os_exit",
    "abort",
    "term",
    "hook",
    "stdout_closed",
    "stdout_broken",
    "pipe",
    "daemon",
    "tee",
    "handler",
]
"""Ways to end, and what is done before."""
