"""Superset for one benchmark: its own database in its own folder, and everybody may see."""

import os

SECRET_KEY = "only for this machine"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{os.environ['SUPERSET_HOME']}/superset.db"
AUTH_ROLE_PUBLIC = "Admin"
PREVENT_UNSAFE_DB_CONNECTIONS = False
TALISMAN_ENABLED = False
WTF_CSRF_ENABLED = False
