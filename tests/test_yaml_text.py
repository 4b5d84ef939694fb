import re

import pytest

from slm_analysis.errors import InputError
from slm_analysis.yaml_text import parse_all, read_yaml


def written(tmp_path, text, encoding="utf-8"):
    file = tmp_path / "a.yaml"
    file.write_bytes(text.encode(encoding))
    return file


def faults(tmp_path, text):
    with pytest.raises(InputError) as caught:
        read_yaml(written(tmp_path, text))
    return [(fault.row, f"{fault.problem} {fault.remedy}".strip()) for fault in caught.value.faults]


def test_scalars_stay_the_text_that_was_written(tmp_path):
    text = """
time: 18:00
country: NO
on: yes
version: 3.10
octal: 010
date: 2026-01-31
null_word: null
tilde: ~
quoted: "12:30"
quoted_nothing: ""
number: 1_000
"""
    values = {k: n.value for k, n in read_yaml(written(tmp_path, text)).mapping().items()}
    assert values == {
        "time": "18:00",
        "country": "NO",
        "on": "yes",
        "version": "3.10",
        "octal": "010",
        "date": "2026-01-31",
        "null_word": "null",
        "tilde": "~",
        "quoted": "12:30",
        "quoted_nothing": "",
        "number": "1_000",
    }


def test_every_value_knows_line_and_path(tmp_path):
    text = "services:\n  payments:\n    targets:\n      - {metric: x}\n      - goal: 95%\nempty:\n"
    root = read_yaml(written(tmp_path, text))
    goal = root.value["services"].value["payments"].value["targets"].value[1].value["goal"]
    assert (goal.line, goal.path) == (5, "services.payments.targets[1].goal")
    assert root.value["empty"].value is None


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    assert list(read_yaml(written(tmp_path, "a: 1\n", "utf-8-sig")).mapping()) == ["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: 1\nb: 2\na: 3\n",
            [(3, "The key 'a' stands twice. The first is in line 1.")],
        ),
        (
            "x:\n  'on': 1\n  on: 2\n",
            [(3, "The key 'on' stands twice. The first is in line 2.")],
        ),
        (
            "a: &x 1\n",
            [
                (
                    1,
                    "Anchors (&), aliases (*) and tags (!) are not allowed. Write the value out, "
                    "or quote it.",
                )
            ],
        ),
        (
            "a: 1\nb: *x\n",
            [
                (
                    2,
                    "Anchors (&), aliases (*) and tags (!) are not allowed. Write the value out, "
                    "or quote it.",
                )
            ],
        ),
        (
            "a: 1\nb: !!python/object:os.system x\n",
            [
                (
                    2,
                    "Anchors (&), aliases (*) and tags (!) are not allowed. Write the value out, "
                    "or quote it.",
                )
            ],
        ),
        ("? [a, b]\n: 1\n", [(1, "A key must be a text.")]),
        ("", [(None, "The file is empty.")]),
        ("# only a comment\n", [(None, "The file is empty.")]),
        (
            "a: 1\n\tb: 2\n",
            [(2, "This is not YAML: found character '\\t' that cannot start any token.")],
        ),
        ("a: [1, 2\nb: 3\n", [(2, "This is not YAML: expected ',' or ']', but got ':'.")]),
        (
            "a: 1\n---\nb: 2\n",
            [(2, "This is not YAML: but found another document.")],
        ),
    ],
)
def test_what_yaml_would_guess_or_repeat_is_an_error(tmp_path, text, expected):
    assert faults(tmp_path, text) == expected


def test_damaged_files_give_one_message(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(InputError, match=r"not UTF-8 text\. Save it as UTF-8"):
        read_yaml(written(tmp_path, "名: 1\n", "gbk"))
    with pytest.raises(InputError, match="not UTF-8 text"):
        read_yaml(written(tmp_path, "a: 1\n", "utf-16"))
    with pytest.raises(InputError, match="This is not YAML"):
        read_yaml(written(tmp_path, "a: \x00\n"))
    with pytest.raises(InputError, match="This is not YAML"):
        read_yaml(written(tmp_path, "[" * 5000))
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)


@pytest.fixture
def node(tmp_path):
    text = "text: Word\nlist: [a, b]\nmap: {x: 1}\nnothing:\nzone: Mars/Phobos\nwhole: 12\n"
    return read_yaml(written(tmp_path, text)).mapping()


def test_readers_return_what_was_asked_for(node):
    assert node["text"].text() == "Word"
    assert node["list"].texts() == ("a", "b")
    assert node["text"].texts() == ("Word",)
    assert node["whole"].integer() == 12
    assert node["text"].one_of(["Word", "Other"]) == "Word"


@pytest.mark.parametrize(
    ("name", "read", "message"),
    [
        ("list", lambda n: n.text(), "line 2, list: A text is expected here."),
        ("nothing", lambda n: n.text(), "line 4, nothing: A text is expected here."),
        ("map", lambda n: n.items(), "line 3, map: A list is expected here."),
        ("nothing", lambda n: n.texts(), "line 4, nothing: A list is expected here."),
        ("text", lambda n: n.mapping(), "A mapping (key: value) is expected here."),
        ("text", lambda n: n.integer(), "value 'Word': A whole number is expected here."),
        ("text", lambda n: n.one_of(["Ward"]), "is not known. Did you mean 'Ward'?"),
        ("zone", lambda n: n.timezone(), "line 5, zone, value 'Mars/Phobos': This time zone"),
        ("map", lambda n: n.mapping(["y"]), "line 3: The key 'x' is not known here. Known: y."),
        (
            "map",
            lambda n: n.mapping(["x", "y"], ["x", "y"]),
            "line 3: The key 'y' is missing in map.",
        ),
    ],
)
def test_readers_name_the_place_of_what_does_not_fit(node, name, read, message):
    with pytest.raises(InputError, match=re.escape(message)):
        read(node[name])


@pytest.mark.parametrize("text", ["-1", "1.5", "²", "1e3", "twelve"])
def test_only_whole_numbers_are_whole_numbers(tmp_path, text):
    with pytest.raises(InputError, match="A whole number"):
        read_yaml(written(tmp_path, f"a: {text}\n")).mapping()["a"].integer()


@pytest.mark.parametrize("zone", ["UTC+08:00", "+08:00", "Asia", "../etc/passwd", "CST8"])
def test_a_zone_is_an_iana_name(tmp_path, zone):
    with pytest.raises(InputError, match="Use an IANA name such as Asia/Shanghai"):
        read_yaml(written(tmp_path, f"a: {zone!r}\n")).mapping()["a"].timezone()


def test_all_faults_of_a_mapping_and_of_several_items_come_at_once(tmp_path):
    root = read_yaml(written(tmp_path, "one: x\ntwo: y\nthre: z\n"))
    with pytest.raises(InputError) as caught:
        root.mapping(["one", "three", "four"], ["four"])
    assert [(f.row, f.problem, f.remedy) for f in caught.value.faults] == [
        (2, "The key 'two' is not known here.", "Known: one, three, four."),
        (3, "The key 'thre' is not known here.", "Did you mean 'three'?"),
        (1, "The key 'four' is missing.", ""),
    ]
    with pytest.raises(InputError) as caught:
        parse_all(lambda node: node.integer(), root.mapping().values())
    assert [fault.row for fault in caught.value.faults] == [1, 2, 3]
