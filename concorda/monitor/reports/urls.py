from django.urls import path

from concorda.monitor.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="report_new"),
    path("<int:pk>/", views.report, name="report_detail"),
    path("<int:pk>/write/", views.write, name="write"),
    path("<int:pk>/freeze/", views.freeze, name="freeze"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
    path("<int:pk>/supersede/", views.supersede, name="supersede"),
    path("<int:pk>/docx/", views.docx, name="docx"),
    path("<int:pk>/html/", views.html, name="html"),
    path("<int:pk>/xlsx/", views.xlsx, name="xlsx"),
    path("<int:pk>/data/", views.data, name="data"),
    path("<int:pk>/iati/", views.iati, name="iati"),
    path("<int:pk>/360giving/", views.grants, name="grants"),
    *views.Schedules.urls("schedules/"),
    *views.Grants.urls("grants/"),
    path("<int:pk>/csv/", views.csv, name="csv"),
]
