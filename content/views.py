"""Pages that anybody may read, and the check "Is it time?"."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from content import days, queries, self_check
from content.caching import public
from content.figures import FORTY_THREE, THREE_OF_TEN
from content.forms import DaySumForm, SelfCheckForm, as_typed
from content.summary import answers_in_words, page_to_read

DAY_SUM_ON = "act-quickly"


@require_safe
@public
def home(request):
    return render(request, "content/home.html", {"three_of_ten": THREE_OF_TEN, "forty_three": FORTY_THREE})


@require_safe
@public
def index(request):
    return render(request, "content/index.html", {"articles": queries.reading_list()})


@require_http_methods(["GET", "HEAD", "POST"])
@public
def article(request, slug):
    reading = queries.article_to_read(slug)
    if slug != DAY_SUM_ON and request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if slug != DAY_SUM_ON:
        return render(request, "content/article.html", {"reading": reading})
    today = timezone.localdate(timezone.now())
    form = DaySumForm(request.POST or None, today=today)
    valid = form.is_valid()
    page = {"reading": reading, "form": form, "sum": None}
    if valid:
        page["sum"] = days.until(form.cleaned_data["start"], today=today)
    return render(request, "content/article.html", page, status=422 if form.errors else 200)


@require_safe
@public
def about(request, slug):
    return render(request, "content/about.html", {"article": queries.about_page(slug)})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request):
    row = self_check.row_of(request)
    form = SelfCheckForm(
        request.POST if request.method == "POST" else None, initial=row and as_typed(row.answers)
    )
    if form.is_valid():
        self_check.keep(request.session, form.cleaned_data, now=timezone.now())
        return redirect("content:self_check_result")
    page = {"form": form, "earlier": row}
    return render(request, "content/self_check.html", page, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_safe
def check_result(request):
    row = self_check.row_of(request)
    if row is None:
        return redirect("content:self_check")
    page = {
        "row": row,
        "verdict": self_check.verdict_of(row),
        "answers": answers_in_words(row.answers),
        "read_next": page_to_read(row),
    }
    return render(request, "content/self_check_result.html", page)
