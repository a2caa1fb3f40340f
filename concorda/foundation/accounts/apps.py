from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "concorda.foundation.accounts"
    label = "accounts"
