import json
import tomllib
from pathlib import Path

import pytest

from config import values
from config.errors import ConfigurationError
from config.sections import SECRET_NAMES, DocsSource, Secrets
from config.settings import Settings, describe, known_keys, load_settings

ROOT = Path(__file__).parents[2]
NOTHING: dict[str, str] = {}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str, name: str = "docent.toml") -> Path:
    file = Path(name)
    file.write_text(text, encoding="utf-8")
    return file


def refusal(text: str = "", environ: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(written(text), environ or {})
    return caught.value.problems


# Where values come from


def test_without_a_file_the_shipped_defaults_stand():
    settings = load_settings(environ=NOTHING)
    assert settings == Settings()
    assert settings.origin == "shipped defaults"


def test_the_working_folders_file_is_read():
    written('[llm]\nmodel = "local"')
    settings = load_settings(environ=NOTHING)
    assert settings.llm.model == "local"
    assert settings.origin == "docent.toml"


def test_the_environments_file_goes_before_the_working_folders():
    written('[llm]\nmodel = "local"')
    written('[llm]\nmodel = "other"', "other.toml")
    assert load_settings(environ={"DOCENT_CONFIG": "other.toml"}).llm.model == "other"


def test_the_file_asked_for_goes_before_all_others():
    written('[llm]\nmodel = "local"')
    asked = written('[llm]\nmodel = "asked"', "asked.toml")
    assert load_settings(asked, {"DOCENT_CONFIG": "docent.toml"}).llm.model == "asked"


def test_the_environment_goes_over_the_file_key_by_key():
    file = written('[llm]\nmodel = "file"\nmax_tokens = 100\n[index]\nallow_mass_removal = false')
    environ = {
        "DOCENT_LLM__MODEL": "env",
        "DOCENT_ANSWERS__MIN_SIMILARITY": "0.25",
        "DOCENT_INDEX__ALLOW_MASS_REMOVAL": "true",
        "DOCENT_LLM__BASE_URL": "",
    }
    settings = load_settings(file, environ)
    assert (settings.llm.model, settings.llm.max_tokens, settings.llm.base_url) == ("env", 100, "")
    assert settings.answers.min_similarity == 0.25
    assert settings.index.allow_mass_removal is True


def test_every_key_can_be_set_in_the_environment():
    environ = {
        f"DOCENT_{table}__{key}".upper(): ",".join(value) if isinstance(value, tuple) else str(value)
        for table, section in Settings()
        if table != "docs"
        for key, value in section
        if (table, key) not in {("answers", "min_similarity"), ("index", "cron")}
    }
    assert len(environ) > 20
    assert load_settings(environ=environ).model_dump() == Settings().model_dump()


def test_sources_come_from_the_environment_as_json_in_place_of_the_files():
    file = written('[[docs]]\nname = "file"\nlocation = "docs"')
    listed = json.dumps([{"name": "env", "location": "pages"}])
    assert [source.name for source in load_settings(file, {"DOCENT_DOCS": listed}).docs] == ["env"]


def test_dotenv_gives_secrets_and_keys_and_the_environment_goes_over_it():
    written(
        "# comment\nexport LLM_API_KEY='from $HOME file'\nMILVUS_TOKEN=file\nDOCENT_LLM__MODEL=dotenv\n",
        ".env",
    )
    settings = load_settings(environ={"MILVUS_TOKEN": "environment"})
    assert settings.secrets.llm_api_key.get_secret_value() == "from $HOME file"
    assert settings.secrets.milvus_token.get_secret_value() == "environment"
    assert settings.llm.model == "dotenv"


def test_the_process_environment_is_read_where_none_is_given(monkeypatch):
    monkeypatch.setenv("DOCENT_LLM__MODEL", "process")
    assert load_settings().llm.model == "process"


def test_a_byte_order_mark_is_no_part_of_the_file():
    file = Path("docent.toml")
    file.write_bytes(b'\xef\xbb\xbf[llm]\nmodel = "x"')
    assert load_settings(file, NOTHING).llm.model == "x"


# Unknown names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[llm]\nmodle = "x"', "docent.toml: [llm] modle is not a known key. Did you mean model?"),
        ("[anwsers]\npassages = 3", "docent.toml: [anwsers] is not a known table. Did you mean answers?"),
        (
            "[llm]\npassages = 3",
            "docent.toml: [llm] passages is not a known key. passages belongs to [answers].",
        ),
        ("passages = 3", "docent.toml: passages stands in no table. passages belongs to [answers]."),
        (
            '[[docs]]\nname = "a"\nlocation = "b"\nlocaton = "c"',
            "docent.toml: [[docs]] number 1: locaton is not a known key. Did you mean location?",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(text, expected):
    assert refusal(text) == (expected,)


def test_an_unknown_name_unlike_all_others_is_answered_with_all_of_them():
    (problem,) = refusal("[zzz]\nx = 1")
    assert all(table in problem for table in known_keys())


def test_the_secrets_are_no_table_of_the_file():
    (problem,) = refusal('[secrets]\nanything = "x"')
    assert problem.startswith("docent.toml: [secrets] is not a known table.")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DOCENT_LLM__MODLE", "DOCENT_LLM__MODEL"),
        ("DOCENT_LLM_MODEL", "DOCENT_LLM__MODEL"),
        ("DOCENT_CONFG", "DOCENT_CONFIG"),
        ("DOCENT_DOCS__0__NAME", "DOCENT_DOCS"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_known_one(name, meant):
    (problem,) = refusal("", {name: "x"})
    assert problem.startswith(f"The environment variable {name} is not known.")
    assert meant in problem


@pytest.mark.parametrize("name", ["DOCENT_PORT", "DOCENT_SERVICE_HOST", "DOCENT_PORT_8080_TCP_ADDR", "PATH"])
def test_variables_that_a_cluster_sets_for_a_service_are_not_taken_for_keys(name):
    assert load_settings(environ={name: "10.0.0.1"}) == Settings()


# Wrong values


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ('[answers]\npassages = "eight"', '[answers] passages is "eight"', "a whole number"),
        ("[answers]\npassages = 1.5", "[answers] passages is 1.5", "a whole number"),
        ("[answers]\npassages = true", "[answers] passages is true", "a number"),
        ("[answers]\npassages = [1]", "[answers] passages is a list", "a whole number"),
        ("[answers]\npassages = 0", "[answers] passages is 0", "at least 1"),
        ("[answers]\ndeadline_seconds = nan", "[answers] deadline_seconds is nan", "a finite number"),
        ("[answers]\ndeadline_seconds = 0", "[answers] deadline_seconds is 0", "more than 0"),
        ("[answers]\nmin_similarity = 2.0", "[answers] min_similarity is 2.0", "at most 1"),
        ('[llm]\ntemperature = "hot"', '[llm] temperature is "hot"', "a number"),
        ("[llm]\nmodel = 5", "[llm] model is 5", "a text in quotes"),
        ('[llm]\nmodel = " "', '[llm] model is " "', "a text that is not empty"),
        (
            '[llm]\nreasoning_effort = "max"',
            '[llm] reasoning_effort is "max"',
            '"low", "medium", "high" or ""',
        ),
        (
            '[index]\nallow_mass_removal = "perhaps"',
            '[index] allow_mass_removal is "perhaps"',
            "true or false",
        ),
        ('llm = "x"', '[llm] is "x"', "a table of keys"),
        ('[docs]\nname = "x"', "[[docs]] is a table", "a list of tables, each headed [[docs]]"),
        ("[slack]\nusers = 3", "[slack] users is 3", 'a list, such as ["C0123", "C0456"]'),
        ('docs = ["x"]', '[[docs]] number 1 is "x"', "a table of keys"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_given_and_what_is_expected(text, given, expected):
    assert refusal(text) == (f"docent.toml: {given}; expected {expected}.",)


@pytest.mark.parametrize(
    "text",
    [
        '[milvus]\nuri = "localhost:19530"',
        '[milvus]\nuri = "ftp://host/x"',
        '[milvus]\nuri = ""',
        '[milvus]\ncollection = "my-docs"',
        '[embedding]\nmodel = "minilm2"',
        '[embedding]\nmodel = "openai:"',
        '[embedding]\nmodel = "pymilvus:sentence-transformer/"',
        '[llm]\nbase_url = "localhost:11434"',
        '[index]\nevery = "0h"',
        '[index]\nevery = "1 week"',
        '[index]\nevery = "999999999d"',
        '[index]\ncron = "every hour"',
        '[index]\ncron = "60 * * * *"',
        '[index]\ncron = "mon * * * *"',
        '[index]\ncron = "*/0 * * * *"',
        '[ledger]\nurl = "ledger.db"',
        '[[docs]]\nlocation = "x"\nname = "a/b"',
        '[[docs]]\nname = "a"\nlocation = ""',
        '[[docs]]\nlocation = "x"\nname = "a"\nroot = "../up"',
        '[[docs]]\nlocation = "x"\nname = "a"\nroot = "/etc"',
        '[[docs]]\nlocation = "x"\nname = "a"\nurl = "https://x.org/{page}"',
        '[[docs]]\nlocation = "x"\nname = "a"\nurl = "https://x.org/{}"',
        '[[docs]]\nlocation = "x"\nname = "a"\nurl = "https://x.org/{path"',
        '[[docs]]\nlocation = "x"\nname = "a"\nurl = "https://x.org/{path.x}"',
        '[[docs]]\nlocation = "x"\nname = "a"\nurl = "https://x.org/{path!r:>9}"',
        '[[docs]]\nlocation = "x"\nname = "a"\nanchors = "gitlab"',
        '[[docs]]\nlocation = "x"\nname = "a"\nkind = "web"',
        '[[docs]]\nlocation = "x"\nname = "a"\nversion = "2.6 beta"',
        '[[docs]]\nlocation = "x"\nname = "a"\nevery = "often"',
        '[[docs]]\nlocation = "x"\nname = "a"\ncron = "61 * * * *"',
        '[[docs]]\nlocation = "x"\nname = "a"\nallow_private = "perhaps"',
        '[[docs]]\nlocation = "x"\nname = "a"\nmax_pages = 0',
    ],
)
def test_a_value_that_could_not_work_is_refused_before_anything_starts(text):
    (problem,) = refusal(text)
    key = text.rsplit("\n", 1)[1].split(" = ")[0]
    assert f"{key} is " in problem
    assert "; expected " in problem


def test_all_problems_are_listed_and_not_only_the_first():
    problems = refusal('[llm]\nmodle = "x"\nmax_tokens = "many"\n[milvus]\nuri = ""', {"DOCENT_X": "1"})
    assert len(problems) == 4


def test_a_wrong_value_from_the_environment_is_named_by_its_variable():
    problems = refusal("[answers]\npassages = 3", {"DOCENT_ANSWERS__PASSAGES": "few"})
    assert problems == ('DOCENT_ANSWERS__PASSAGES is "few"; expected a whole number.',)


def test_a_source_lacks_its_name_and_location():
    assert refusal("[[docs]]\nref = 'x'") == (
        "docent.toml: [[docs]] number 1 has no name; every source needs one.",
        "docent.toml: [[docs]] number 1 has no location; every source needs one.",
    )


def test_two_sources_of_one_name_are_refused():
    (problem,) = refusal('[[docs]]\nname="a"\nlocation="x"\n[[docs]]\nname="a"\nlocation="y"')
    assert problem.startswith("docent.toml: [[docs]] has more than one source named a")


@pytest.mark.parametrize("text", ["[{", "[1]", '"x"', '{"name": "x"}'])
def test_sources_in_the_environment_that_are_no_list_of_tables_are_refused(text):
    (problem,) = refusal("", {"DOCENT_DOCS": text})
    assert problem.startswith("DOCENT_DOCS")


# Files that cannot be read


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[llm]\nmodel = "x"\nnonsense', "its end, line 3"),
        ('[llm]\nmodel = "x\nmax_tokens = 3', "line 2, column 11"),
        ("[llm]\nmodel x", "line 2, column 7"),
        ("[llm]\n[llm]", "line 2"),
    ],
)
def test_bad_toml_is_refused_with_its_line(text, place):
    (problem,) = refusal(text)
    assert problem.startswith("docent.toml is not valid TOML at ")
    assert place in problem


def test_a_missing_file_that_was_asked_for_is_said():
    with pytest.raises(ConfigurationError, match=r"^The file gone\.toml does not exist\."):
        load_settings(Path("gone.toml"), NOTHING)
    with pytest.raises(ConfigurationError, match=r"^The file gone\.toml does not exist\."):
        load_settings(environ={"DOCENT_CONFIG": "gone.toml"})


def test_a_folder_is_not_a_configuration(folder):
    with pytest.raises(ConfigurationError, match=r"is a folder\. Name the file in it"):
        load_settings(folder, NOTHING)


def test_a_file_that_is_not_utf8_is_said():
    file = Path("docent.toml")
    file.write_bytes(b'[llm]\nmodel = "\xff\xfe"')
    with pytest.raises(ConfigurationError, match=r"is not UTF-8 text \(at byte 15\)"):
        load_settings(file, NOTHING)


def test_a_dotenv_line_that_cannot_be_read_is_named():
    written("LLM_API_KEY=x\n=broken sk-hidden\n", ".env")
    with pytest.raises(ConfigurationError, match=r"^\.env: line 2 cannot be read") as caught:
        load_settings(environ=NOTHING)
    assert "sk-hidden" not in str(caught.value)


# Secrets


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[llm]\napi_key = "hidden"', "LLM_API_KEY"),
        ('[milvus]\ntoken = "hidden"', "MILVUS_TOKEN"),
        ('[milvus]\npassword = "hidden"', "MILVUS_TOKEN"),
        ('[embedding]\napi_key = "hidden"', "EMBEDDING_API_KEY"),
    ],
)
def test_a_secret_in_the_file_is_refused_with_where_it_goes(text, name):
    (problem,) = refusal(text)
    assert "is a secret. Secrets are read from the environment or from .env only" in problem
    assert f"set {name} there" in problem
    assert "hidden" not in problem


def test_a_secret_in_a_table_that_is_not_known_is_refused_with_where_it_goes():
    problems = refusal('[slack]\nbot_token = "hidden"')
    assert "set SLACK_BOT_TOKEN there" in problems[0]
    assert "hidden" not in " ".join(problems)


def test_a_secret_under_a_keys_variable_is_refused_with_its_own_name():
    (problem,) = refusal("", {"DOCENT_LLM__API_KEY": "hidden"})
    assert "set LLM_API_KEY there" in problem
    assert "hidden" not in problem


def test_refusals_show_no_credentials_of_addresses():
    problems = refusal('[ledger]\nurl = "postgresql:bob:hidden@host/db"\n[milvus]\nuri = "ws://bob:hidden@h"')
    assert len(problems) == 2
    assert "hidden" not in " ".join(problems)


def test_a_secrets_line_break_at_the_end_is_left_out():
    settings = load_settings(environ={"DISCORD_TOKEN": "abcdef\n"})
    assert settings.secrets.discord_token.get_secret_value() == "abcdef"
    assert settings.secrets.values() == ("abcdef",)


def test_no_dump_shows_a_secret_or_the_credentials_of_an_address():
    environ = {name: f"hidden-{name}" for name in SECRET_NAMES} | {
        "DOCENT_MILVUS__URI": "https://root:hidden1@host:19530",
        "DOCENT_LLM__BASE_URL": "https://host/v1?api_key=hidden2&x=1",
        "DOCENT_EMBEDDING__BASE_URL": "https://host/hidden-LLM_API_KEY/v1",
        "DOCENT_LEDGER__URL": "postgresql+psycopg://bob:hidd@en/3@host/db",
        "DOCENT_DOCS": json.dumps(
            [{"name": "a", "location": "https://hidden4@host/a.git", "url": "https://b:hidden5@x/{id}"}]
        ),
    }
    settings = load_settings(environ=environ)
    shown = json.dumps(describe(settings))
    assert "hidd" not in shown + repr(settings) + str(settings)
    assert "https://***@host:19530" in shown
    assert "postgresql+psycopg://***@host/db" in shown
    assert describe(settings)["secrets"] == dict.fromkeys(SECRET_NAMES, "set")
    assert settings.milvus.uri == "https://root:hidden1@host:19530"


def test_the_dump_says_where_the_settings_came_from_and_which_secrets_are_missing():
    shown = describe(load_settings(environ={"LLM_API_KEY": ""}))
    assert shown["file"] == "shipped defaults"
    assert shown["llm"]["model"] == "gpt-oss:20b"
    assert set(shown["secrets"].values()) == {"not set"}


# Meaning


@pytest.mark.parametrize(
    ("text", "expected"), [("90s", 90), ("30m", 1800), ("1h", 3600), (" 2 d ", 172800), ("365d", 31536000)]
)
def test_an_interval_is_read_in_seconds(text, expected):
    assert values.seconds(text) == expected


@pytest.mark.parametrize("line", ["0 * * * *", "*/15 8-18 * * mon-fri", "0 4 1,15 jan-mar 0", "0  4 * * SUN"])
def test_cron_lines_are_taken(line):
    settings = load_settings(written(f'[index]\ncron = "{line}"'), NOTHING)
    assert settings.index.cron == " ".join(line.split())
    assert settings.index.every_seconds is None


def test_without_cron_the_interval_decides():
    assert Settings().index.every_seconds == 3600


def test_every_and_cron_in_one_file_are_refused():
    (problem,) = refusal('[index]\nevery = "1h"\ncron = "0 * * * *"')
    assert problem == "docent.toml: [index] has both every and cron; delete one of them."


def test_a_source_may_have_a_schedule_of_its_own():
    assert DocsSource(name="a", location="b").every_seconds is None
    assert DocsSource(name="a", location="b", every="1d").every_seconds == 86400
    (problem,) = refusal('[[docs]]\nname = "a"\nlocation = "b"\nevery = "1h"\ncron = "0 * * * *"')
    assert problem == "docent.toml: [[docs]] number 1 has both every and cron; delete one of them."


def test_the_environments_schedule_replaces_the_files():
    every = written('[index]\nevery = "2h"\ncron = ""')
    assert load_settings(every, {"DOCENT_INDEX__CRON": "0 4 * * *"}).index.cron == "0 4 * * *"
    cron = written('[index]\ncron = "0 4 * * *"')
    assert load_settings(cron, {"DOCENT_INDEX__EVERY": "2h"}).index.every_seconds == 7200


@pytest.mark.parametrize(
    ("url", "anchors"),
    [
        ("https://milvus.io/docs/{id}", "milvus"),
        ("https://docs.zilliz.com/docs/{id}", "milvus"),
        ("https://example.org/{path}", "github"),
        ("", "github"),
    ],
)
def test_anchors_follow_the_site_unless_they_are_chosen(url, anchors):
    assert DocsSource(name="a", location="b", url=url).anchors == anchors
    assert DocsSource(name="a", location="b", url=url, anchors="github").anchors == "github"


def test_a_source_may_be_named_in_any_script():
    assert DocsSource(name="文档", location="b").name == "文档"


# The files that ship


def test_the_shipped_file_shows_every_default():
    file = ROOT / "docent.toml"
    shown = tomllib.loads(file.read_text(encoding="utf-8"))
    defaults = Settings().model_dump(mode="json", exclude_none=True)
    assert {name: table for name, table in shown.items() if name != "docs"} == {
        name: table for name, table in defaults.items() if name != "docs"
    }
    assert set(shown["docs"][0]) == set(DocsSource.model_fields)
    assert load_settings(file, NOTHING).docs[0].location == "samples"


def test_the_shipped_file_says_something_about_every_key():
    table, above, said = "", False, set()
    for line in (ROOT / "docent.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            table = line.strip("[]")
        key, separator, rest = line.removeprefix("# ").partition(" = ")
        if separator and key.isidentifier() and (above or "#" in rest):
            said.add((table, key))
        above = line.startswith("#")
    assert said >= {(table, key) for table, keys in known_keys().items() for key in keys}


def test_the_examples_within_the_shipped_file_are_valid():
    text = (ROOT / "docent.toml").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if "\n# [[docs]]" in block]
    assert len(blocks) == 4
    for block in blocks:
        example = "\n".join(line.removeprefix("# ") for line in block.splitlines()[1:])
        assert load_settings(written(example), NOTHING).docs
    for line in text.splitlines():
        key, separator, _ = line.removeprefix("# ").partition(" = ")
        if line.startswith("# ") and separator and key in {"uri", "base_url", "model"}:
            table = {"uri": "milvus", "base_url": "llm"}.get(key, "embedding" if "gpt" not in line else "llm")
            assert load_settings(written(f"[{table}]\n{line.removeprefix('# ')}"), NOTHING)


def test_the_example_environment_names_each_secret_and_holds_none():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    written(text, ".env")
    lines = text.splitlines()
    assert all(f"{name}=" in lines for name in SECRET_NAMES)
    settings = load_settings(environ=NOTHING)
    assert settings == Settings()
    assert settings.secrets == Secrets()


# Which channel is answered from which sources

TWO_SOURCES = '[[docs]]\nname = "milvus"\nlocation = "a"\n[[docs]]\nname = "faq"\nlocation = "b"\n'


def test_a_channel_is_answered_from_the_sources_it_names():
    file = written(
        TWO_SOURCES + '[slack]\nsources = { C0123 = ["milvus"], C0456 = ["faq", "approved answers"] }'
    )
    settings = load_settings(file, NOTHING)
    assert settings.slack.sources == {"C0123": ("milvus",), "C0456": ("faq", "approved answers")}
    assert settings.discord.sources == {}


def test_the_sources_of_channels_come_from_the_environment_as_json():
    environ = {"DOCENT_DISCORD__SOURCES": '{"42": ["faq"]}'}
    assert load_settings(written(TWO_SOURCES), environ).discord.sources == {"42": ("faq",)}


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        (
            TWO_SOURCES + '[slack]\nsources = { C0123 = ["milvsu"] }',
            {},
            'docent.toml: [slack] sources C0123 names "milvsu", which is no source. Did you mean milvus?',
        ),
        (
            TWO_SOURCES,
            {"DOCENT_DISCORD__SOURCES": '{"42": ["fak"]}'},
            'DOCENT_DISCORD__SOURCES names "fak", which is no source. Did you mean faq?',
        ),
        (
            '[slack]\nsources = { C0123 = ["milvus"] }',
            {},
            'docent.toml: [slack] sources C0123 names "milvus", which is no source. The nearest known '
            "name is approved answers; all of them: approved answers.",
        ),
    ],
)
def test_a_name_that_is_no_source_is_refused_with_the_nearest(text, environ, expected):
    assert refusal(text, environ) == (expected,)


@pytest.mark.parametrize(
    "value", ['"milvus"', '["milvus"]', "{ C0123 = [] }", "{ C0123 = 3 }", '{ "" = ["milvus"] }', "7"]
)
def test_channels_without_a_list_of_sources_are_refused(value):
    (problem,) = refusal(f"{TWO_SOURCES}[slack]\nsources = {value}")
    assert problem.startswith("docent.toml: [slack] sources is ")
    assert 'expected a table of channels with their sources, such as { C0123 = ["milvus", "faq"] }' in problem
