"""HTTP/1.1 on the wire."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.refusals.details import problem


class Protocol(HttpToolsProtocol):
    """Uvicorn's, but that what is no HTTP is refused as everything else is."""

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, and end the connection: where it ends is anybody's guess.

        Parameters
        ----------
        msg : str
            As uvicorn logs it.
        """
        refusal = problem("malformed-http", f"Expected an HTTP request. {msg}")
        headers = [*refusal.raw_headers, (b"x-content-type-options", b"nosniff")]
        lines = [b"%s: %s\r\n" % each for each in (*headers, (b"connection", b"close"))]
        self.transport.write(b"".join((STATUS_LINE[400], *lines, b"\r\n", refusal.body)))
        self.transport.close()
