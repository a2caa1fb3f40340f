from django.urls import path

from concorda.begin.governance import views

app_name = "governance"
urlpatterns = [
    path("", views.home, name="home"),
    path("terms-of-reference/", views.terms, name="terms"),
    path("work-styles/", views.styles, name="styles"),
    path("work-styles/answer/", views.style_answer, name="style_answer"),
    *views.WorkingAgreements.urls("work-styles/agreements/"),
    path("form/", views.form_of_governance, name="form"),
    path("form/answer/", views.form_answer, name="form_answer"),
    path("form/choose/", views.arrange, name="arrange"),
    *views.Bodies.urls("bodies/"),
    path("bodies/<int:pk>/seats/new/", views.seat_new, name="seat_new"),
    path("seats/<int:pk>/edit/", views.seat_edit, name="seat_edit"),
    path("seats/<int:pk>/people/", views.seat_people, name="seat_people"),
    path("seats/<int:pk>/remove/", views.seat_remove, name="seat_remove"),
    *views.Rules.urls("rules/"),
    *views.Decisions.urls("decisions/"),
    path("decisions/<int:pk>/", views.decision, name="decision_detail"),
    path("decisions/<int:pk>/open/", views.decision_open, name="decision_open"),
    path("decisions/<int:pk>/reply/", views.ballot, name="ballot"),
    path("decisions/<int:pk>/recuse/", views.recuse, name="recuse"),
    path("decisions/<int:pk>/say/", views.say, name="say"),
    path("decisions/<int:pk>/remind/", views.remind, name="remind"),
    path("decisions/<int:pk>/count/", views.count, name="count"),
    path("decisions/register.csv", views.register_csv, name="register_csv"),
    path("decisions/<int:pk>/amend/", views.amend, name="amend"),
    path("decisions/<int:pk>/meeting/", views.take_down, name="take_down"),
    path("decisions/<int:pk>/read/", views.confirm, name="confirm"),
    path("decisions/<int:pk>/look-again/", views.look_again, name="look_again"),
    path("decisions/<int:pk>/adjourn/", views.adjourn, name="adjourn"),
    path("decisions/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
