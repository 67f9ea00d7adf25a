"""What the system takes from a process before it reads a stranger's statement, so that a hole in SQLite leads nowhere.

limits      no more memory, processor time, files, processes or written bytes than an answer needs (setrlimit)
Landlock    of all files only those below one folder, and only for reading; no TCP; no signals to others (Linux 5.13, 6.7, 6.12)
seccomp     of all calls into the kernel those that reading files needs: no sockets, no programs (Linux on x86-64)

Limits hold everywhere; the other two where the kernel has them. Standard library only: the calls are made by ctypes.
"""

import ctypes
import os
import resource
import sys
from pathlib import Path

OPEN_FILES = 24
"""stdin, stdout, stderr, and the row files of one statement, of which SQLite takes ten."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""Version of Landlock ↔ how many rights over files it knows; 16 from 5 on (linux/landlock.h)."""
_BIND_AND_CONNECT = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

_SET_SECCOMP, _FILTER, _SET_NO_NEW_PRIVILEGES = 22, 2, 38
_X86_64 = 0xC000003E
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_KILL, _REFUSE, _ALLOW = 0x80000000, 0x00050001, 0x7FFF0000
_CALLS = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "lseek": 8, "mmap": 9, "mprotect": 10,
    "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "access": 21,
    "sched_yield": 24, "mremap": 25, "madvise": 28, "getpid": 39, "exit": 60, "fcntl": 72, "getcwd": 79, "readlink": 89,
    "gettimeofday": 96, "getrusage": 98, "sysinfo": 99, "getuid": 102, "geteuid": 107, "time": 201, "futex": 202,
    "restart_syscall": 219, "clock_gettime": 228, "exit_group": 231, "openat": 257, "newfstatat": 262, "getrandom": 318,
    "statx": 332, "rseq": 334,
}  # fmt: skip
"""What is allowed ↔ its number on x86-64; whatever else is asked of the kernel is refused (EPERM)."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def confine(folder: Path, *, memory_bytes: int, cpu_s: int) -> list[str]:
    """Give up all but reading below *folder*, for ever; give what was done, by name."""
    _limit(memory_bytes=memory_bytes, cpu_s=cpu_s)
    if not sys.platform.startswith("linux"):
        return ["limits"]
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return ["limits"]
    steps = (("landlock", _landlock(kernel, folder)), ("seccomp", _seccomp(kernel)))
    return ["limits", *(name for name, held in steps if held)]


def give_back_memory() -> None:
    """Give what was freed back to the system, as a process that waits should hold little (glibc only)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(ctypes.c_size_t(0))


def _limit(*, memory_bytes: int, cpu_s: int) -> None:
    wanted = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 0,
    }
    for kind, most in wanted.items():
        resource.setrlimit(kind, (most, most))


def _landlock(kernel: ctypes.CDLL, folder: Path) -> bool:
    """Leave only reading below *folder*; tell whether the kernel can."""
    version = kernel.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    files = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    rules = _Ruleset(files, _BIND_AND_CONNECT, _ABSTRACT_SOCKETS_AND_SIGNALS)
    size = ctypes.c_size_t(8 if version < 4 else 16 if version < 6 else 24)
    ruleset = kernel.syscall(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    beneath = _Beneath(_READ_FILE | _READ_DIR, opened)
    held = bool(
        ruleset >= 0
        and kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(beneath), 0) == 0
        and kernel.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    )
    for one in (opened, ruleset):
        if one >= 0:
            os.close(one)
    return held


def _seccomp(kernel: ctypes.CDLL) -> bool:
    """Leave only `_CALLS`; tell whether the kernel can and is one whose numbers are known here."""
    if os.uname().machine != "x86_64":
        return False
    numbers = sorted(_CALLS.values())
    steps = [
        _Step(_LOAD, 0, 0, 4),  # offset of the architecture in struct seccomp_data
        _Step(_IF_EQUAL, 1, 0, _X86_64),
        _Step(_RETURN, 0, 0, _KILL),
        _Step(_LOAD, 0, 0, 0),  # offset of the call's number
        *(_Step(_IF_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)),
        _Step(_RETURN, 0, 0, _REFUSE),
        _Step(_RETURN, 0, 0, _ALLOW),
    ]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    return bool(kernel.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
