"""A disk that is full: a small file system filled to the brim or, where none can be mounted, a limit on file sizes."""

import contextlib
import os
import resource
import subprocess

SIZE_MB = 256
CHUNK = bytes(64 * 1024)


def mount_small(folder):
    """A file system of its own, if this process may mount one (root, or `unshare --map-root-user --mount`)."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "none", str(folder)]
    return subprocess.run(words, capture_output=True).returncode == 0


def unmount(folder):
    if os.path.ismount(folder):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder, pid):
    return Ballast(folder) if os.path.ismount(folder) else SizeLimit(folder, pid)


class Ballast:
    """A file that takes what is left."""

    def __init__(self, folder):
        self.file = folder / "ballast"
        with contextlib.suppress(OSError), open(self.file, "wb", buffering=0) as ballast:
            while ballast.write(CHUNK):
                pass

    def undo(self):
        self.file.unlink()


class SizeLimit:
    """No file may grow beyond the largest there is: the server's writes fail as they would on a full disk."""

    def __init__(self, folder, pid):
        self.pid, self.before = pid, resource.prlimit(pid, resource.RLIMIT_FSIZE)
        largest = max(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, self.before[1]))

    def undo(self):
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, self.before)
