from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from concorda.foundation.partnerships.access import Ability
from concorda.foundation.process.pages import READ, page


@page(Ability.OBSERVE, methods=READ)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "process/tool_home.html")
