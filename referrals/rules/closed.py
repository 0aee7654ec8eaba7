"""Headers for bytes that came from, or were made of, what strangers sent."""

# A sandbox of its own: even opened in a tab nothing in it runs or calls out.
CLOSED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store, private",
}
