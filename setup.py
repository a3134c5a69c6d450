"""The package's metadata. What a trial of the bundled trainer needs is listed once, in TRAINER."""

from __future__ import annotations

import ast
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

TRAINER = ["docopt", "scikit-learn", "cloudml-hypertune", "fsspec"]

# Exact, so that a check that passed here passes everywhere.
DEV = [
    "aiohttp==3.14.5",
    "build==1.6.1",
    "cryptography==50.0.2",
    "gcsfs==2026.10.1",
    "google-cloud-storage==3.17.1",
    "hypothesis==6.170.15",
    "jsonschema==4.26.0",
    "mypy==2.4.1",
    "optuna==5.0.0",
    "pandas-stubs==3.1.0.261029",
    "pytest==9.2.0",
    "pytest-xdist==3.8.0",
    "ruff==0.17.6",
    "textual==8.2.8",
    "types-docopt==0.6.11.20241107",
    "types-PyYAML==6.0.12.20261113",
]


def version() -> str:
    """``__version__`` of the package, read without importing it."""
    tree = ast.parse((HERE / "sweeper" / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    raise RuntimeError("sweeper/__init__.py does not set __version__")


SEARCH = ["cmaes", "optuna>=4", "scipy", "threadpoolctl"]

setup(
    name="sweeper",
    version=version(),
    description="Hyperparameter sweeps of an unmodified training program, checked before anything runs",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license_expression="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "Operating System :: MacOS",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
    # The bundled trainer is an example that runs from the checkout. Installed, a top-level package of
    # that name would stand in for a user's own `trainer` that cannot be found.
    packages=find_packages(include=["sweeper", "sweeper.*"]),
    package_data={
        "sweeper": ["py.typed"],
        "sweeper.commands.typed": ["completion.*sh"],
        "sweeper.google.prices": ["*.json", "*.yaml"],
        "sweeper.results.report": ["*.css", "*.js"],
    },
    data_files=[("share/man/man1", ["docs/sweeper.1"])],
    entry_points={"console_scripts": ["sweeper = sweeper.cli:main"]},
    install_requires=[
        "docopt",
        "PyYAML>=6",
        "google-api-python-client",
        "google-auth",
        "httplib2",
        "packaging>=22",
        "pandas>=2",
        "rich>=13",
    ],
    extras_require={
        "trainer": TRAINER,
        "gcs": ["gcsfs"],
        # setuptools builds what jobs bring, without a download
        "emulator": ["aiohttp>=3.14", "google-crc32c", "setuptools>=77", *SEARCH],
        "report": ["plotly>=6"],
        "importance": ["optuna>=4", "scikit-learn", "scipy"],
        "tensorboard": ["tensorboard"],
        # mlflow-skinny leaves out what a database needs; `mlflow ui` is in the whole of it
        "mlflow": ["mlflow-skinny>=3", "sqlalchemy", "alembic"],
        "wandb": ["wandb>=0.20"],
        "watch": ["textual>=8"],
        "search": SEARCH,
        "parquet": ["pyarrow"],
        # its equinox, which it wants exactly so, does not import with a newer jax
        "vizier": ["google-vizier[jax]>=0.1.24", "jax<0.6", "jaxlib<0.6"],
        "dev": DEV,
    },
)
