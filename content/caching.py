"""A page that is the same for every visitor without a session may be kept for a few minutes."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.utils.cache import patch_cache_control, patch_vary_headers

MINUTES = 5


def public(view):
    """Open to everybody; kept by browsers only as long as the visitor's cookies stay the same."""

    @login_not_required
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        anonymous = not request.user.is_authenticated and not request.session.keys()
        if request.method == "GET" and anonymous and "CSRF_COOKIE" not in request.META:
            patch_cache_control(response, public=True, max_age=MINUTES * 60)
            patch_vary_headers(response, ["Cookie"])
        return response

    return wrapped
