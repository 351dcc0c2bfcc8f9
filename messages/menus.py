"""The menus under the talks, as other packages may move them."""

import httpx2

from kit.http import call


class MenuClient:
    """Client of `/line/menus`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def refresh(self) -> None:
        """Have the menus look at the state of the city again; repeating the call is safe."""
        await call(self._http, "POST", "/line/menus/refresh")
