"""Rules about the repository as a whole: it holds no address of one machine, and its documents stay true."""

import re

import pytest

from tests.house_rules.tree import ROOT, files

DOCUMENTS = files("*.md")
READMES = files("src/sojourn/*README.md")


def test_no_registry_host_or_machine_path_stands_in_the_repository():
    """A path or host of one machine would break, or give away, every other."""
    path = re.compile(r"(^|[^\w.-])/(work|farm|root)/")
    hosts = re.compile(
        "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian"))
    )
    found = [
        f"{p.relative_to(ROOT)}:{n}"
        for p in files() if p.suffix not in {".png", ".woff2", ".svg"}
        for n, line in enumerate(p.read_text(errors="ignore").splitlines(), 1)
        if path.search(line) or hosts.search(line)
    ]  # fmt: skip
    assert not [f for f in found if not f.startswith("tests/house_rules/test_repository.py")]


def test_dependency_files_carry_hashes_and_no_address():
    """An address in a lock file ties every install to one host; a missing hash trusts whatever is served."""
    for lock in files("requirements/*.txt"):
        text = lock.read_text()
        assert "://" not in text, lock
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, block.splitlines()[0]


NEEDS_NO_README = {"migrations", "management", "commands", "templatetags"}


def test_every_folder_of_code_has_a_readme():
    """Each room says what it is for, its words and what it must never do."""
    folders = {
        p.parent for p in files("src/sojourn/*.py", "launcher/*.py", "benchmarks/*.py")
        if p.name != "__init__.py" and not NEEDS_NO_README & set(p.parts)
    }  # fmt: skip
    assert not sorted(str(f.relative_to(ROOT)) for f in folders if not (f / "README.md").is_file())


def test_readmes_of_rooms_stay_short():
    """A README that is longer than a page is not kept true."""
    assert not [str(p) for p in files("src/sojourn/*README.md") if len(p.read_text().splitlines()) > 40]


def test_every_folder_at_the_top_has_a_readme():
    """Whoever opens a folder for the first time learns there what it is for."""
    top = {p.relative_to(ROOT).parts[0] for p in files() if len(p.relative_to(ROOT).parts) > 1}
    told_elsewhere = {"src", ".ci"}  # ARCHITECTURE.md begins with what lies in src; .ci holds one line
    assert not [name for name in sorted(top - told_elsewhere) if not (ROOT / name / "README.md").is_file()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_in_a_document_leads_somewhere(path):
    """A newcomer who meets a dead link stops believing the rest."""
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (path.parent / target).exists(), f"leads nowhere: {target}"


@pytest.fixture(scope="module")
def words_of_the_code() -> set[str]:
    code = files(
        "src/sojourn/*.py",
        "src/sojourn/*.toml",
        "src/sojourn/*.html",
        "src/sojourn/*.css",
        "src/sojourn/*.js",
        ".importlinter",
    )
    code = [p for p in code if "vendor" not in p.parts]
    words = {word for p in code for word in re.findall(r"\w+", p.read_text())}
    return words | {part for p in files() for part in (*p.relative_to(ROOT).parts, p.stem)}


@pytest.mark.parametrize("path", READMES, ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn")))
def test_every_name_in_a_readme_stands_in_the_code(path, words_of_the_code):
    """A function that was renamed lives on in its README unless something looks."""
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    named = re.findall(r"`([A-Za-z_][\w.]*)(?:\([^`]*\))?`", text)
    errors = re.findall(r"\((?:raises )?((?:[A-Z][a-z]+){2,}(?:, (?:[A-Z][a-z]+){2,})*)\)", text)
    names = [part for name in named for part in name.split(".")] + [
        e for listed in errors for e in listed.split(", ")
    ]
    assert not sorted({name for name in names if name and name not in words_of_the_code})


def test_the_contract_on_models_names_every_app_of_the_program():
    """A new app that the contract does not know could be read from any page."""
    contract = (ROOT / ".importlinter").read_text()
    program = "src/sojourn/program"
    tables = files(f"{program}/*/models.py", f"{program}/*/models/*.py")
    apps = {path.relative_to(ROOT / program).parts[0] for path in tables}
    assert "treatment" in apps  # whose models are a folder
    assert {name for name in apps if f"sojourn.program.{name}.models" not in contract} == set()


def test_every_page_of_a_decision_is_in_the_list():
    listed = (ROOT / "docs/decisions/README.md").read_text()
    pages = [p.name for p in files("docs/decisions/*.md") if p.name != "README.md"]
    assert not [name for name in pages if f"({name})" not in listed]


def test_every_picture_is_shown_and_made_by_the_script():
    """A picture that nothing makes again grows old unseen."""
    script = (ROOT / "tools/screenshots").read_text()
    shown = "".join(p.read_text() for p in DOCUMENTS)
    for picture in files("docs/images/*.png"):
        assert f'"{picture.stem}"' in script, picture.name
        assert f"images/{picture.name}" in shown, picture.name
