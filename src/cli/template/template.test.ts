import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, TemplateError } from './index.ts';

const data = {
  Id: 'abc123',
  Count: 3,
  Name: '/web',
  State: { Status: 'running', Pid: 42, Dead: false },
  Labels: { 'a.b': 'c', z: 'y' },
  Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '90/tcp': null },
  Networks: { back: { IPAddress: '10.0.0.2' }, alpha: { IPAddress: '10.1.0.2' } },
  Env: ['A=1', 'B=2'],
  Nothing: null,
  Label: (key: unknown) => `<${String(key)}>`,
};

const cases: readonly (readonly [template: string, output: string])[] = [
  ['plain', 'plain'],
  ['{{.Id}} {{.State.Status}}', 'abc123 running'],
  ['{{json .State}}', '{"Status":"running","Pid":42,"Dead":false}'],
  ['{{json .Name}}|{{.Env | json}}', '"/web"|["A=1","B=2"]'],
  ['{{range .Env}}[{{.}}]{{end}}', '[A=1][B=2]'],
  ['{{range $k, $v := .Networks}}{{$k}}={{$v.IPAddress}} {{end}}', 'alpha=10.1.0.2 back=10.0.0.2 '],
  ['{{range $i, $e := .Env}}{{if $i}},{{end}}{{$e}}{{end}}', 'A=1,B=2'],
  ['{{index .Labels "a.b"}}', 'c'],
  ['{{(index (index .Ports "80/tcp") 0).HostPort}}', '8080'],
  ['{{with index .Ports "80/tcp"}}{{(index . 0).HostIp}}{{end}}', '0.0.0.0'],
  ['{{if eq .State.Status "running"}}up{{else}}down{{end}}', 'up'],
  ['{{if .State.Dead}}dead{{else if gt .Count 2}}many{{else}}few{{end}}', 'many'],
  ['{{if and .Id (not .Nothing)}}yes{{end}}', 'yes'],
  ['{{range .Nothing}}x{{else}}none{{end}}', 'none'],
  ['{{$x := .Count}}{{$x}}{{range .Env}}{{$x = .}}{{end}}{{$x}}', '3B=2'],
  ['{{range .Env}}{{$.Id}} {{end}}', 'abc123 abc123 '],
  ['{{.Nothing}} {{.Env}} {{.Labels}}', '<no value> [A=1 B=2] map[a.b:c z:y]'],
  ['a {{- /* gone */ -}} b', 'ab'],
  ['a  {{- .Count -}}  b', 'a3b'],
  ['{{printf "%-6s|%5d|%q" .Id .Count .Name}}', 'abc123|    3|"/web"'],
  ['{{.Name | printf "<%s>"}}{{join .Env ","}}{{upper "x"}}{{title "ab cd"}}', '</web>A=1,B=2XAb Cd'],
  ['{{index (split .Name "/") 1}}{{truncate .Id 3}}{{len .Id}}{{slice .Id 1 3}}', 'webabc6bc'],
  ['{{.Label "app"}}', '<app>'],
  ['{{"}}"}}{{`raw\\n`}}', '}}raw\\n'],
  ['{{json "<a&b>"}}', '"\\u003ca\\u0026b\\u003e"'],
  ['{{println "x" 1}}', 'x 1\n'],
];

for (const [template, output] of cases) {
  test(`compile() renders ${template}`, () => {
    assert.equal(compile(template)(data), output);
  });
}

const faults: readonly (readonly [template: string, message: RegExp])[] = [
  ['{{.Id}', /bad character U\+007D/],
  ['{{.Id', /unclosed action/],
  ['{{range .Env}}x', /unexpected EOF/],
  ['{{end}}', /unexpected \{\{end\}\}/],
  ['{{nosuch .Id}}', /function "nosuch" not defined/],
  ['{{.Foo}}', /at <\.Foo>: map has no entry for key "Foo"/],
  ['{{.State.Foo}}', /at <\.State\.Foo>: map has no entry/],
  ['{{.Nothing.Foo}}', /nil pointer evaluating interface \{\}\.Foo/],
  ['{{index .Env 9}}', /out of range: 9/],
  ['{{$x}}', /undefined variable "\$x"/],
  ['{{(.Id}}', /unclosed left paren/],
];

for (const [template, message] of faults) {
  test(`compile() refuses ${template}`, () => {
    assert.throws(
      () => compile(template)(data),
      (error) => error instanceof TemplateError && message.test(error.message),
    );
  });
}
