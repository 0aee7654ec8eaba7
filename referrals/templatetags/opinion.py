"""The opinion beside the records: a pane of the reading room, which is another room's page."""

from django import template

from referrals.opinion import queries

register = template.Library()


@register.inclusion_tag("referrals/opinion/pane.html", takes_context=True)
def opinion_pane(context, reference):
    """{% opinion_pane case.reference %}: the form for whoever reads the case; after signing, the way to it."""
    request = context["request"]
    referral = queries.readings(request.user).get(case__reference=reference)
    return {
        **queries.writing(referral),
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "back": request.get_full_path(),
    }
