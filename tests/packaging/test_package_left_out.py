"""What stays out of a package: what is ignored, as git and gcloud read it, caches, credentials; and what stops it."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest
from packing_lab import KEY, Lab, own, why

from sweeper.errors import UserError
from sweeper.google.packaging.ignore import ignores
from sweeper.google.packaging.patterns import rule
from sweeper.google.packaging.walk import walk

# pattern, path, whether it is a folder, whether the pattern names it
PATTERNS = [
    ("*.log", "a.log", False, True),
    ("*.log", "deep/a.log", False, True),
    ("/*.log", "deep/a.log", False, False),
    ("deep/a.log", "deep/a.log", False, True),
    ("deep/a.log", "x/deep/a.log", False, False),  # a slash inside ties it to the file's folder
    ("data/", "data", True, True),
    ("data/", "data", False, False),  # a slash at the end: folders alone
    ("data/", "x/data", True, True),
    ("/data/", "x/data", True, False),
    ("**/data", "x/y/data", False, True),
    ("**/data", "data", False, True),
    ("data/**", "data/x/y", False, True),
    ("data/**", "data", True, False),
    ("a/**/b", "a/b", False, True),
    ("a/**/b", "a/x/y/b", False, True),
    ("a/*/b", "a/x/y/b", False, False),
    ("a**b", "axxb", False, True),
    ("a/**b", "a/x/b", False, False),  # two stars mean more only between slashes
    ("a?c", "abc", False, True),
    ("a?c", "a/c", False, False),
    ("[ab].txt", "b.txt", False, True),
    ("[!ab].txt", "b.txt", False, False),
    ("[^ab].txt", "c.txt", False, True),
    ("[a-c]1", "b1", False, True),
    ("[]x]", "]", False, True),
    ("[a-]", "-", False, True),
    ("[[:digit:]]x", "7x", False, True),
    (r"\#x", "#x", False, True),
    (r"\!x", "!x", False, True),
    (r"a\*b", "a*b", False, True),
    (r"a\*b", "axb", False, False),
    ("trailing   ", "trailing", False, True),
    ("kept\\ ", "kept ", False, True),
    ("windows\r", "windows", False, True),
    ("ünï*", "ünïcödé", False, True),
    ("*", "new\nline", False, True),
    ("a.b", "axb", False, False),  # a dot is a dot
]


@pytest.mark.parametrize(("pattern", "path", "folder", "named"), PATTERNS)
def test_a_pattern_names_what_git_says_it_does(pattern, path, folder, named):
    assert rule(pattern, "here").matches(path, folder=folder) is named


@pytest.mark.parametrize("line", ["", "# a note", "   ", "/", "!", "a[b", "end\\", "[[:nothing:]]"])
def test_a_line_that_names_nothing_is_no_rule(line):
    assert rule(line, "here") is None


RULES = (
    "* !*/ !*.py *.csv data/ !data/ /data data/* !data/a.py **/data data/** !data/**/ a/**/b foo !foo foo/ /foo/ *.py "
    "!/foo/data f?o [a-f]oo /* !/foo !foo/data/ foo/* a/b !a/b **/ ** !**/*.py data/**/a.py \\!x"
)


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_whole_sets_of_rules_leave_out_what_git_leaves_out(tmp_path):
    chance = random.Random(7)
    for number in range(40):
        lab = Lab(tmp_path / str(number))
        names = [
            [*chance.choices(["data", "foo", "a", "b"], k=chance.randint(0, 3)), chance.choice(["a.py", "x.csv", "!x"])]
            for _ in range(10)
        ]
        lab.write({"/".join(parts): "" for parts in names})
        lab.write({".gitignore": "\n".join(chance.sample(RULES.split(), chance.randint(1, 5))) + "\n"})
        if (lab.root / "foo").is_dir():
            lab.write({"foo/.gitignore": "\n".join(chance.sample(RULES.split(), 2))})
        subprocess.run(["git", "init", "-q", lab.root], check=True)
        listed = subprocess.run(
            ["git", "-C", lab.root, "-c", "core.excludesFile=/dev/null", "ls-files", "-oz", "--exclude-standard"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        theirs = {path for path in listed.stdout.split("\0") if path and not path.endswith(".gitignore")}
        ours = {entry.path for entry in walk(lab.root, "", ignores(lab.root, cwd=lab.root)) if not entry.why}
        assert ours == theirs, (lab.root / ".gitignore").read_text()


def _kept(lab, **about):
    return sorted(set(own(lab.build(**about))) - {"trainer/__init__.py", "trainer/task.py"})


def test_files_of_the_folders_above_and_below_count_and_the_nearer_wins(lab):
    lab.trainer(
        {".git/HEAD": "", ".gitignore": "*.csv\n*.tmp\n/trainer/out/\n", "trainer/.gitignore": "!keep.csv\n*.bin\n"}
    )
    lab.write({f"trainer/{name}": "" for name in ("keep.csv", "x.csv", "x.tmp", "x.bin", "deep/keep.csv", "out/a.txt")})
    package = lab.build()
    assert _kept(lab) == ["trainer/deep/keep.csv", "trainer/keep.csv"]
    assert why(package.listing) == {
        "trainer/.gitignore": "version control",
        "trainer/out/": "ignored by .gitignore:3",
        "trainer/x.bin": "ignored by trainer/.gitignore:2",
        "trainer/x.csv": "ignored by .gitignore:1",
        "trainer/x.tmp": "ignored by .gitignore:2",
    }


def test_rules_from_above_the_trainers_folder_count_up_to_the_repositorys_top(tmp_path):
    Lab(tmp_path).write({".gitignore": "*.outer\n", "repo/.git/HEAD": "", "repo/.gitignore": "*.inner\n"})
    lab = Lab(tmp_path / "repo" / "src").trainer({"trainer/x.outer": "", "trainer/x.inner": ""})
    assert _kept(lab) == ["trainer/x.outer"]


def test_a_trainer_in_a_folder_that_is_ignored_itself_is_packed(tmp_path):
    Lab(tmp_path).write({".git/HEAD": "", ".gitignore": "generated/\n*.txt\n"})
    lab = Lab(tmp_path / "generated").trainer({"trainer/words.txt": ""})
    assert _kept(lab) == ["trainer/words.txt"]


def test_gcloudignore_takes_the_place_of_gitignore(lab):
    lab.trainer({".gitignore": "*.csv\n", "trainer/.gitignore": "*.bin\n", ".gcloudignore": "*.txt\n"})
    lab.write({f"trainer/x.{kind}": "" for kind in ("csv", "txt", "bin")})
    assert _kept(lab) == ["trainer/x.bin", "trainer/x.csv"]


def test_gcloudignore_can_take_gitignore_in(lab):
    lab.trainer({".gitignore": "*.csv\n*.txt\n", ".gcloudignore": "#!include:.gitignore\n!keep.txt\n# a note\n"})
    lab.write({f"trainer/{name}": "" for name in ("x.csv", "x.txt", "keep.txt")})
    assert _kept(lab) == ["trainer/keep.txt"]
    assert why(lab.build().listing)["trainer/x.csv"] == "ignored by .gitignore:1"


@pytest.mark.parametrize("name", ["gone", "../other", "/etc/passwd"])
def test_gcloudignore_takes_in_only_files_beside_it(lab, name):
    with pytest.raises(UserError, match=r"\.gcloudignore:1: expected the name of a file beside it"):
        lab.trainer({".gcloudignore": f"#!include:{name}\n"}).build()


def test_an_empty_gcloudignore_lets_no_credentials_in(lab):
    lab.trainer({".gcloudignore": "!.env\n!*.pem\n", "trainer/.env": "A=1", "trainer/x.pem": ""})
    assert _kept(lab) == []


def test_a_trainer_that_is_ignored_is_told_where(lab):
    with pytest.raises(UserError) as caught:
        lab.trainer({".gitignore": "build\n/trainer/\n"}).build()
    assert "trainer/task.py would not be in its package: ignored by .gitignore:2" in str(caught.value)


CREDENTIALS = (
    ".env .env.local prod.env .ENV server.pem Server.PEM tls.key store.p12 store.pfx store.jks id_rsa id_rsa.bak "
    "id_ed25519 .netrc .pgpass .pypirc .npmrc .git-credentials .boto .s3cfg .htpasswd kaggle.json credentials.json "
    "application_default_credentials.json client_secret_123.json my-service-account.json service_account.json "
    "secrets.yaml .aws/credentials .gcloud/x .ssh/config .kube/config .docker/config.json .gnupg/ring .config/gcloud/x"
)
RUBBISH = (
    ".git/config .git .hg/x .svn/x __pycache__/x.pyc x.pyc x.pyo .mypy_cache/x .pytest_cache/x .ruff_cache/x .venv/x "
    "node_modules/x x.egg-info/PKG-INFO .ipynb_checkpoints/x .DS_Store .sweeper/ledger.db .tox/x .idea/x .x.py.swp"
)
INNOCENT = "keys.py secrets.py environment.txt tokens.json keyboard.csv build/x.py dist/x.py env/x.py data.json"


@pytest.mark.parametrize("path", CREDENTIALS.split())
def test_credentials_stay_out_by_name_and_are_noted(lab, path):
    package = lab.trainer({f"trainer/sub/{path}": "x"}).build()
    assert own(package) == ["trainer/__init__.py", "trainer/task.py"]
    (entry,) = package.listing.left_out
    assert entry.why == "credentials"
    assert f"trainer/sub/{path.split('/')[0]}" in package.warnings[0]


@pytest.mark.parametrize("path", RUBBISH.split())
def test_caches_and_other_tools_folders_stay_out_in_silence(lab, path):
    package = lab.trainer({f"trainer/sub/{path}": "x"}).build()
    assert own(package) == ["trainer/__init__.py", "trainer/task.py"]
    assert package.warnings == ()


def test_an_environment_of_any_name_stays_out(lab):
    lab.trainer({"trainer/mine/pyvenv.cfg": "", "trainer/mine/lib/x.py": ""})
    assert why(lab.build().listing) == {"trainer/mine/": "an environment"}


def test_names_that_only_sound_alike_go_in(lab):
    assert _kept(lab.trainer({f"trainer/{path}": "x" for path in INNOCENT.split()})) == sorted(
        f"trainer/{p}" for p in INNOCENT.split()
    )


def _one_line(text):
    return '{"type": "service_account", "private_key": "' + text.replace("\n", "\\n") + '"}'


KEYS = {
    "notes.txt": KEY.format("", ""),
    "a.md": "some words\n\n" + KEY.format("RSA ", "RSA "),
    "b.txt": KEY.format("OPENSSH ", "OPENSSH ").replace("\n", "\r\n"),
    "c.txt": KEY.format("ENCRYPTED ", "ENCRYPTED "),
    "d.txt": "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY\n",
    "e.py": "KEY = '''" + KEY.format("EC ", "EC ") + "'''\n",
    "f.py": 'KEY = "' + KEY.format("", "").replace("\n", "\\n") + '"\n',
    "g.txt": "-----BEGIN PRIVATE KEY-----",
    "h.json": _one_line(KEY.format("", "")),
    "i.json": '\n {"client_email": "x", "private_key" : "abc"}',
    "j.json": '{"client_id": "a", "client_secret": "b", "refresh_token": "1//c", "type": "authorized_user"}',
    "k.txt": "PuTTY-User-Key-File-3: ssh-ed25519\n",
    "l.txt": KEY.format("", "").encode("utf-16"),
    "m.bin": b"\0" * 100_000 + KEY.format("", "").encode(),
}
NO_KEYS = {
    "a.py": 'if "-----BEGIN PRIVATE KEY-----" in text: ...\n',
    "b.py": 'PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")\n',
    "c.txt": "-----BEGIN PUBLIC KEY-----\nMIIB\n",
    "d.txt": "-----BEGIN CERTIFICATE-----\nMIIB\n",
    "e.json": '{"private_key": ""}',
    "f.json": '{"private_keys": "no"}',
    "g.md": "a PRIVATE KEY is a secret",
    "h.json": '{"refresh_token": "x"}',
}


@pytest.mark.parametrize("name", KEYS)
def test_an_innocent_name_does_not_get_a_key_into_a_package(lab, name):
    with pytest.raises(UserError) as caught:
        lab.trainer({f"trainer/{name}": KEYS[name]}).build()
    assert f"trainer/{name}: this file looks like " in str(caught.value)
    assert "take it out of the folder, or name it in .gitignore" in str(caught.value)
    assert "MII" not in str(caught.value)


def test_every_key_is_told_at_once(lab):
    with pytest.raises(UserError) as caught:
        lab.trainer({f"trainer/{name}": text for name, text in KEYS.items()}).build()
    assert len(caught.value.problems) == len(KEYS)


def test_a_key_that_is_ignored_stops_nothing(lab):
    assert _kept(lab.trainer({".gitignore": "notes.txt\n", "trainer/notes.txt": KEYS["notes.txt"]})) == []


def test_what_only_speaks_of_keys_goes_in(lab):
    assert len(_kept(lab.trainer({f"trainer/{name}": text for name, text in NO_KEYS.items()}))) == len(NO_KEYS)
