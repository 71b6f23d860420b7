"""The output of the inspect family."""

import io
from typing import Any

import pytest

from nerdpy.errors import InvalidArgument, TemplateError
from nerdpy.output.console import Console
from nerdpy.output.inspect import show_objects

WEB: dict[str, Any] = {
    "Id": "aaaa",
    "State": {"Status": "running", "Pid": 12345678, "Running": True},
    "Name": "/web",
    "HostConfig": {"NanoCpus": 1500000000000, "PortBindings": {}, "Dns": []},
    "Config": {"Labels": {"z": "1", "a.b": "<x>"}, "Cmd": None, "Env": ["A=1"]},
    "NetworkSettings": {
        "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "443/tcp": None},
        "Networks": {"bridge": {"IPAddress": "1.2.3.4"}},
    },
    "Mounts": [{"Type": "bind", "Source": "/a"}],
}


def shown(format: str = "", objects: list[dict[str, Any]] | None = None) -> str:
    console = Console(stdout := io.StringIO(), io.StringIO())
    show_objects([WEB] if objects is None else objects, format=format, console=console)
    return stdout.getvalue()


def test_without_a_format_there_is_one_array() -> None:
    assert shown(objects=[{"B": "<&>", "A": {}}, {"B": None}]) == (
        '[\n    {\n        "B": "<&>",\n        "A": {}\n    },\n    {\n        "B": null\n    }\n]\n'
    )
    assert shown(objects=[]) == "[]\n"


@pytest.mark.parametrize("format", ["json", "{{json .}}"])
def test_json_is_one_line_for_each(format: str) -> None:
    assert shown(format, [{"B": "<", "A": 1}, {}]) == '{"B":"<","A":1}\n{}\n'
    assert shown(format, []) == ""


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("{{.ID}} {{.Id}} {{.Name}}", "aaaa aaaa /web"),
        (
            "{{.State.Pid}} {{.HostConfig.NanoCPUs}} {{.HostConfig.NanoCpus}}",
            "12345678 1500000000000 1500000000000",
        ),
        ("{{.HostConfig.DNS}}", "[]"),
        ("{{json .Config.Labels}}", '{"a.b":"<x>","z":"1"}'),
        (
            '{{index .Config.Labels "a.b"}}|{{index .Config.Labels "q"}}|{{.Config.Labels.q}}',
            "<x>||<no value>",
        ),
        ("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", "none"),
        (
            "{{.State.Health}} {{json .State.Health}} {{.Config.Entrypoint}} {{.Config.User}}|",
            "<nil> null [] |",
        ),
        ("{{json .Config.Cmd}} {{len .Config.Volumes}}", "null 0"),
        (
            "{{range $p, $c := .NetworkSettings.Ports}}{{$p}}={{range $c}}{{.HostPort}}{{end}};{{end}}",
            "443/tcp=;80/tcp=8080;",
        ),
        ('{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', "8080"),
        ("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "1.2.3.4"),
        ("{{.NetworkSettings.Networks.bridge.IPAddress}}", "1.2.3.4"),
        ("{{range .Mounts}}{{.Type}} {{.Name}}|{{end}}", "bind |"),
        ("{{.Name}}\\t", "/web\\t"),
        ('{{join .Config.Env ","}}', "A=1"),
        ("{{range .Config.Env}}{{println .}}{{end}}", "A=1\n"),
    ],
)
def test_a_template_finds_go_names_and_json_names(format: str, text: str) -> None:
    assert shown(format) == text + "\n"


def test_a_volume_has_dockers_status_in_templates_alone() -> None:
    volume = {"Name": "v", "Mountpoint": "/v", "Options": None}
    assert shown("{{.Status}} {{.UsageData}} {{.Options}}", [volume]) == "map[] <nil> map[]\n"
    assert "Status" not in shown("{{json .}}", [volume]) + shown("", [volume])
    with pytest.raises(TemplateError):
        shown("{{.Status}}")


def test_a_bad_template_exits_64_and_a_missing_field_1() -> None:
    with pytest.raises(
        TemplateError, match="template parsing error: template: :1: unclosed action"
    ) as raised:
        shown("{{")
    assert raised.value.exit_code == 64
    with pytest.raises(TemplateError, match="can't evaluate field Foo in type object") as raised:
        shown("{{.Foo}}")
    assert raised.value.exit_code == 1
    with pytest.raises(TemplateError, match="nil pointer evaluating"):
        shown("{{.State.Health.Status}}")
    with pytest.raises(TemplateError, match="index out of range"):
        shown('{{(index (index .NetworkSettings.Ports "1/tcp") 0).HostPort}}')


@pytest.mark.parametrize("format", ["raw", "table", "wide"])
def test_formats_of_listings_are_refused(format: str) -> None:
    with pytest.raises(InvalidArgument, match="is not supported"):
        shown(format)
