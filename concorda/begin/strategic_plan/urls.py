from django.urls import path

from concorda.begin.strategic_plan import views

app_name = "strategic_plan"
urlpatterns = [
    path("", views.home, name="home"),
    path("picture/", views.picture, name="picture"),
    path("goals/<int:pk>/move/", views.move, name="move"),
    path("goals/<int:pk>/agree/", views.agree, name="agree"),
    path("goals/<int:pk>/reopen/", views.reopen, name="reopen"),
    *views.Goals.urls("goals/"),
    *views.Outcomes.urls("outcomes/"),
    *views.Strategies.urls("strategies/"),
    *views.Links.urls("steps/"),
    *views.BudgetLines.urls("budget/"),
    *views.Indicators.urls("indicators/"),
    *views.Risks.urls("risks/"),
]
