from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest, posted
from channel.support import providers
from channel.support.actions import providers as register
from channel.support.forms.providers import CHECK_FORMS, ChangeProviderForm, NewProviderForm
from channel.support.models import ProviderCheck
from prevent_cms import conflict

look_or_send = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def provider_list(request: SignedInRequest) -> HttpResponse:
    providers.require_keeper(request.user)
    page = {"registers": providers.registers(request.user)}
    return render(request, "support/providers.html", page)


@look_or_send
def provider_new(request: SignedInRequest, slug: str) -> HttpResponse:
    providers.require_keeper(request.user)
    area = providers.get_area(request.user, slug)
    form = NewProviderForm(posted(request), area=area, agencies=providers.not_entered(area))
    if form.is_valid():
        made = register.add(form.cleaned_data["agency"], form.approval, by=request.user)
        messages.success(request, "The provider has been added. Record its checks next.")
        return redirect("provider", made.pk)
    page = {"form": form, "title": "Add a provider", "caption": area.name}
    page |= {"submit_text": "Add the provider", "cancel_url": reverse("provider_list")}
    return render(request, "form_page.html", page)


@require_safe
def provider(request: SignedInRequest, pk: int) -> HttpResponse:
    providers.require_keeper(request.user)
    found = providers.get_provider(request.user, pk)
    return render(request, "support/provider.html", providers.page(found))


@look_or_send
def provider_change(request: SignedInRequest, pk: int) -> HttpResponse:
    providers.require_keeper(request.user)
    found = providers.get_provider(request.user, pk)
    form = ChangeProviderForm(posted(request), provider=found)
    if form.is_valid():
        register.change(found, form.approval, version=form.version, by=request.user)
        messages.success(request, "The entry has been changed")
        return redirect("provider", pk)
    page: dict[str, Any] = {"form": form, "title": "Change the entry", "submit_text": "Save"}
    page |= {"caption": found.agency.name, "cancel_url": reverse("provider", args=[pk])}
    return conflict.draw(request, "form_page.html", page)


@look_or_send
def provider_check(request: SignedInRequest, pk: int, slug: str) -> HttpResponse:
    providers.require_keeper(request.user)
    found = providers.get_provider(request.user, pk)
    if slug not in CHECK_FORMS:
        raise Http404
    initial = {"mentor": providers.mentor_of(found, request.GET.get("as", ""))}
    form = CHECK_FORMS[slug](posted(request), initial=initial)
    if form.is_valid():
        register.record_check(found, form.check, by=request.user)
        messages.success(request, "The check has been recorded")
        return redirect("provider", pk)
    title = f"Record: {ProviderCheck.Kind(slug).label}"
    page: dict[str, Any] = {"form": form, "title": title, "submit_text": "Record the check"}
    page |= {"caption": found.agency.name, "cancel_url": reverse("provider", args=[pk])}
    return render(request, "form_page.html", page)
