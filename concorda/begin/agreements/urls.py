from django.urls import path

from concorda.begin.agreements import views

app_name = "agreements"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("paper/", views.record_paper, name="record_paper"),
    path("paper/<int:pk>/file/", views.paper_file, name="paper_file"),
    path("<int:pk>/", views.agreement, name="agreement"),
    path("<int:pk>/dates/", views.facts, name="facts"),
    path("<int:pk>/clauses/new/", views.add_clause, name="add_clause"),
    path("<int:pk>/send/", views.send, name="send"),
    path("<int:pk>/word/", views.draft_word, name="draft_word"),
    path("<int:pk>/remind/", views.remind, name="remind"),
    path("<int:pk>/renew/", views.renew, name="renew"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("clauses/<int:pk>/edit/", views.edit_clause, name="edit_clause"),
    path("clauses/<int:pk>/remove/", views.remove_clause, name="remove_clause"),
    path("clauses/<int:pk>/move/", views.move_clause, name="move_clause"),
    path("clauses/<int:pk>/mark/", views.mark_clause, name="mark_clause"),
    path("clauses/<int:pk>/comment/", views.comment, name="comment"),
    path("versions/<int:pk>/", views.version, name="version"),
    path("versions/<int:pk>/pdf/", views.download, name="download"),
    path("versions/<int:pk>/word/", views.word, name="word"),
    path("versions/<int:pk>/changes/", views.changes, name="changes"),
    path("versions/<int:pk>/sign/", views.sign, name="sign"),
    path("versions/<int:pk>/answer/", views.answer, name="answer"),
    *views.Obligations.urls("obligations/"),
]
