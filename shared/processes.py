"""Ending a process of our own."""

import asyncio


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
