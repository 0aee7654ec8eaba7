"""The roof: settings, addresses, Celery, sign-up. It knows everyone and is known by no one."""
