"""One hand-in, executed in this process: python -m checks.sit NOTEBOOK MEGABYTES

What its checks say goes to the standard output, a line of JSON each; all that the
hand-in prints goes to the standard error. A cell that fails does not stop the others.

It keeps accidents in, not attackers: a hand-in cannot delete or write files outside its
folder or start processes *by Python's own functions*, nor take more memory than it may.
Machine code can do all that, and anything can be read: this is no security sandbox.
"""

import contextlib
import functools
import json
import os
import sys
from pathlib import Path

from .common import EXERCISES, modules

STARTS = ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system")
STARTS += ("subprocess.Popen", "os.kill", "os.killpg", "os.startfile")
# {audit event: the places of (a path that changes, its folder's descriptor)}
CHANGES = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.truncate": ((0, None),),
    "shutil.rmtree": ((0, 1),),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def guard(folder: Path) -> None:
    """Refuse new processes, and changes outside ``folder``, from now on."""
    home = os.path.realpath(folder)

    def inside(path, descriptor):
        if isinstance(path, int):  # a file that is open already
            return True
        path = os.fsdecode(path)
        if descriptor not in (None, -1):
            path = os.path.join(os.readlink(f"/proc/self/fd/{descriptor}"), path)
        path = os.path.realpath(path)
        return path == os.devnull or os.path.commonpath([path, home]) == home

    def hook(event, given):
        if event in STARTS:
            raise PermissionError("a hand-in may not start or stop processes")
        places = CHANGES.get(event, ())
        if event == "open" and ({*(given[1] or "")} & {*"wax+"} or given[2] & WRITING):
            places = ((0, None),)
        for path, at in places:
            descriptor = given[at] if at and at < len(given) else None
            if not inside(given[path], descriptor):
                raise PermissionError(f"outside the hand-in's folder: {given[path]}")

    sys.addaudithook(hook)


def limit(megabytes: int) -> None:
    """Bound the memory, and the size of a file, where the system can (POSIX)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = megabytes * 10**6
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (10**8, 10**8))
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def listen(say) -> None:
    """Let every check ``say`` its verdict."""
    for module in modules():
        lesson = module.__name__.rpartition(".")[2]
        for name, check in vars(module).copy().items():
            if f"{lesson}.{name}" in EXERCISES:
                setattr(module, name, _heard(check, f"{lesson}.{name}", say))


def _heard(check, name, say):
    @functools.wraps(check)
    def heard(*answers):
        verdict = check(*answers)
        say(exercise=name, right=verdict.right, said=verdict.text[:500])
        return verdict

    return heard


def sit(path: Path, say) -> None:
    """Run the cells in order, in this process."""
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    try:
        cells = nbformat.read(path, 4).cells
    except Exception as error:
        return say(problem=f"no notebook ({type(error).__name__})")
    forgetful = Config(HistoryManager=Config(enabled=False))  # writes no file at home
    shell = InteractiveShell.instance(config=forgetful)
    for number, cell in enumerate(cells):
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source)
            error = done.error_before_exec or done.error_in_exec
            if error is not None:
                kind = type(error).__name__
                say(problem=f"cell {number} raised {kind}: {str(error)[:200]}")
    say(finished=True)


def main(path: str, megabytes: str) -> None:
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # prints go to the standard error, and to no verdict

    def say(**what):
        print(json.dumps(what), file=channel, flush=True)

    listen(say)
    limit(int(megabytes))
    guard(Path.cwd())
    sit(Path(path), say)


if __name__ == "__main__":
    main(*sys.argv[1:])
