from django.urls import path

from concorda.implement.boundary_crossers import views

app_name = "boundary_crossers"
urlpatterns = [
    path("", views.home, name="home"),
    path("table/", views.table, name="table"),
    path("network.graphml", views.graphml, name="graphml"),
    path("network.gexf", views.gexf, name="gexf"),
    path("network.csv", views.export, name="export"),
    path("kumu-elements.csv", views.kumu_elements, name="kumu_elements"),
    path("kumu-connections.csv", views.kumu_connections, name="kumu_connections"),
    path("organizations/", views.organizations, name="organizations"),
    path("ask/", views.ask, name="ask"),
    path("ask-found/", views.ask_found, name="ask_found"),
    path("answers/", views.answers, name="answers"),
    path("answers/<int:pk>/remove/", views.answer_remove, name="answer_remove"),
    path("people/<int:pk>/", views.crosser, name="crosser"),
    path("people/<int:pk>/consent/", views.consent, name="consent"),
    path("people/<int:pk>/decline/", views.decline, name="decline"),
]
