from django.urls import path

from portal.pages.style_guide import style_guide

urlpatterns = [path("", style_guide, name="style_guide")]
