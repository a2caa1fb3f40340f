from django.urls import path

from concorda.foundation.organizations.views import directory, first, people, reflection, registers, showing, vocabulary

app_name = "organizations"
own = "organizations/<slug:mine>/"
urlpatterns = [
    path("first/", first.first, name="first"),
    path("organizations/", directory.directory, name="list"),
    path("organizations/new/", directory.new, name="new"),
    path("organizations/import/", registers.upload, name="import"),
    path("organizations/registers/", registers.history, name="registers"),
    path("organizations/registers/<int:pk>/", registers.loaded, name="load"),
    path("organizations/vocabulary/", vocabulary.terms, name="vocabulary"),
    path("organizations/vocabulary/new/", vocabulary.new, name="new_term"),
    path("organizations/vocabulary/<int:pk>/", vocabulary.change, name="term"),
    path("organizations/vocabulary/codes/<slug:scheme>/", vocabulary.codes, name="codes"),
    path("organizations/claims/", directory.claims, name="claims"),
    path("organizations/claims/<int:pk>/", directory.answer_claim, name="answer_claim"),
    path("organizations/join/<str:signed>/", people.join, name="join"),
    path("organizations/<slug:slug>/", directory.detail, name="detail"),
    path("organizations/<slug:slug>/claim/", directory.claim, name="claim"),
    path(f"{own}edit/", directory.edit, name="edit"),
    path(f"{own}people/", people.people, name="people"),
    path(f"{own}people/<int:pk>/", people.change_role, name="change_role"),
    path(f"{own}claims/<int:pk>/", people.answer_claim, name="answer_own_claim"),
    path(f"{own}invitations/<int:pk>/", people.withdraw, name="withdraw"),
    path(f"{own}reflection/", reflection.overview, name="reflection"),
    path(f"{own}reflection/compare/", reflection.compare, name="compare"),
    path(f"{own}reflection/ideal-partner/", reflection.ideal, name="ideal"),
    path(f"{own}reflection/readiness/", reflection.readiness, name="readiness"),
    path(f"{own}reflection/share/", reflection.share, name="share"),
    path(f"{own}reflection/disclosure/", showing.disclosure_page, name="disclosure"),
    path(f"{own}reflection/view-as/", showing.view_as, name="view_as"),
    path(f"{own}reflection/questions/<slug:question>/", reflection.question, name="question"),
]
