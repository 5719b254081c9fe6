"""A disk that is really full: a small file system of this process's own, or, where none may be mounted, a limit on files.

Root mounts in a mount namespace of its own, everybody else in a user namespace; neither touches the machine's mounts, and
both are gone with the process. Where that is blocked too, the server's processes are given RLIMIT_FSIZE instead: each
write fails then, as on a disk without one free block. Must be called in a process with one thread.
"""

import ctypes
import os
import resource
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000  # Source: clone(2)
MS_REC, MS_PRIVATE = 0x4000, 0x40000  # Source: mount(2)
PIECE = b"\0" * 4096


@dataclass
class SmallDisk:
    """A folder whose disk can be filled and emptied again. `servers` names the processes that a limit would hold."""

    folder: Path
    is_mounted: bool
    servers: Callable[[], Iterable[int]] = tuple

    def fill(self) -> None:
        """Let nothing more fit; asked again, it holds for what was started meanwhile."""
        if not self.is_mounted:
            self._limit(0)
            return
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(PIECE)
            except OSError:
                pass

    def make_room(self) -> None:
        """Let everything fit again."""
        if self.is_mounted:
            (self.folder / "ballast").unlink(missing_ok=True)
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, octets: int) -> None:
        for pid in self.servers():
            try:
                _, hardest = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (octets, hardest))
            except ProcessLookupError:
                continue


def small_disk(folder: Path, *, megabytes: int, may_mount: bool = True) -> SmallDisk:
    """Make the folder a small disk of its own, by the first way that works."""
    folder.mkdir(parents=True, exist_ok=True)
    for with_user in (False, True) if may_mount else ():
        if with_user or os.geteuid() == 0:
            try:
                _mount(folder, megabytes, with_user=with_user)
            except OSError:
                continue
            return SmallDisk(folder, is_mounted=True)
    return SmallDisk(folder, is_mounted=False)


def _mount(folder: Path, megabytes: int, *, with_user: bool) -> None:
    uid, gid = os.geteuid(), os.getegid()
    _system("unshare", CLONE_NEWNS | (CLONE_NEWUSER if with_user else 0))
    if with_user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    _system("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    _system("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={megabytes}m,mode=0700".encode())


def _system(name: str, *words: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*words):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
