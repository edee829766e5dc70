"""Which version is served: a pool of workers that another one can take the place of."""

from __future__ import annotations

import asyncio
from typing import Final

from poem_kg.errors import KnowledgeError
from poem_kg.limits import Limits
from poem_kg.server.plan import Plan
from poem_kg.server.pool import Pool, Tell

DRAIN_SECONDS: Final = 15.0
"""How long calls on a version that goes may still take."""


class Serving:
    """The pool that answers now.

    Args:
        plan: what is served.
        tell: takes events for the log.
    """

    def __init__(self, plan: Plan, tell: Tell) -> None:
        self.plan = plan
        self.pool = Pool(plan, tell)
        self._tell = tell
        self._changing = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def limits(self) -> Limits:
        """What a call may cost."""
        return self.plan.limits

    async def open(self) -> None:
        """Start the workers.

        Raises:
            KnowledgeError: the knowledge cannot be used.
        """
        await self.pool.open()
        self._tell("serving", version=self.pool.version, digest=self.pool.digest)

    async def reload(self, plan: Plan | None = None) -> bool:
        """Serve what is in the files now; tell whether that worked, else all stays as it was.

        Every call is answered by one version: those at work end on the old one.

        Args:
            plan: what to serve from now on; None for the same folders again.
        """
        async with self._changing:
            wanted = plan or self.plan
            fresh = Pool(wanted, self._tell)
            try:
                await fresh.open()
            except KnowledgeError as error:
                self._tell("not-reloaded", level="error", message=str(error))
                return False
            old, self.pool, self.plan = self.pool, fresh, wanted
            self._tell("reloaded", version=fresh.version, digest=fresh.digest)
            leaving = asyncio.create_task(old.close(patience=DRAIN_SECONDS))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
            return True

    async def close(self) -> None:
        """End all workers."""
        await self.pool.close()
        for leaving in self._leaving:
            leaving.cancel()
        self._tell("stopped")
