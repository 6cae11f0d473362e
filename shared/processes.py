"""Ending a process of our own, and what this one takes."""

import asyncio
import resource
import sys


async def end_process(process: asyncio.subprocess.Process, within_s: float) -> None:
    """Asks it to end (SIGTERM), and makes it when it has not after `within_s` seconds. One that has ended is left."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(within_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def peak_memory_mb() -> int:
    """The most that this process has held since it began, in mebibytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / 1024 if sys.platform != "darwin" else peak / 1024**2)
