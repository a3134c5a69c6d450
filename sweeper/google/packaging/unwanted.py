"""What never goes into a package, by name: credentials, version control, caches, other tools' folders."""

from __future__ import annotations

from fnmatch import fnmatchcase

CREDENTIALS = "credentials"

_FOLDERS = {
    CREDENTIALS: ".aws .azure .config .docker .gcloud .gnupg .huggingface .kaggle .kube .oci .password-store .ssh",
    "version control": ".git .hg .svn .bzr _darcs cvs .jj",
    "an environment": ".venv .env .virtualenv .tox .nox .conda .direnv node_modules __pypackages__",
    "a cache": "__pycache__ .mypy_cache .pytest_cache .ruff_cache .hypothesis .ipynb_checkpoints .cache .pytype "
    ".eggs *.egg-info *.dist-info",
    "sweeper's state": ".sweeper",
    "an editor's": ".idea .vscode .vs",
}

_FILES = {
    CREDENTIALS: ".env .env.* *.env .envrc *.pem *.key *.p8 *.p12 *.pfx *.jks *.keystore *.ppk *.kdbx *.gpg id_rsa* "
    "id_dsa* id_ecdsa* id_ed25519* .netrc _netrc .pgpass .my.cnf .pypirc .npmrc .yarnrc .git-credentials .boto .s3cfg "
    ".dockercfg .dockerconfigjson .htpasswd .aws .gcloud kaggle.json kubeconfig .vault_pass* .vault-token "
    "credentials.json credentials.db access_tokens.db application_default_credentials.json adc.json "
    "client_secret*.json *service-account*.json *service_account*.json *serviceaccount*.json secrets.json "
    "secrets.y*ml secrets.toml",
    "version control": ".git .gitignore .gcloudignore .gitattributes .gitmodules .hgignore .dockerignore",
    "a cache": "*.pyc *.pyo *$py.class .ds_store thumbs.db desktop.ini .coverage .coverage.* *~ .*.swp",
}

_AT_THE_TOP = {"build output": "build dist", "an environment": "venv env"}
"""Names that are folders of tools beside a setup.py, and may be packages elsewhere."""


def why_folder(name: str, *, at_the_top: bool) -> str:
    """Why a folder of that name stays out; empty = it does not."""
    return _why(name, _FOLDERS) or (_why(name, _AT_THE_TOP) if at_the_top else "")


def why_file(name: str) -> str:
    """Why a file of that name stays out; empty = it does not."""
    return _why(name, _FILES)


def _why(name: str, table: dict[str, str]) -> str:
    lower = name.lower()
    return next((why for why, names in table.items() if any(fnmatchcase(lower, one) for one in names.split())), "")
