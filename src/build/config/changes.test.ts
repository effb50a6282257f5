import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyChanges } from './changes.ts';

test('applyChanges() sets every instruction that Docker allows', () => {
  const config = applyChanges({ Env: ['A=0', 'Z=9'] }, [
    'CMD ["sh", "-c", "true"]',
    'ENTRYPOINT echo $HOME',
    'ENV A=1 B="two words" C=x\\ y',
    'env OLD some text',
    'EXPOSE 80 53/udp 8000-8001',
    'LABEL k=v "quoted key"=\'single quoted\'',
    'USER 1000:1000',
    'WORKDIR /srv',
    'WORKDIR ../data',
    'VOLUME ["/a", "/b"]',
    'STOPSIGNAL SIGINT',
    'ONBUILD RUN make',
    'HEALTHCHECK --interval=1m30s --retries=3 CMD curl localhost',
  ]);
  assert.deepEqual(config, {
    Cmd: ['sh', '-c', 'true'],
    Entrypoint: ['/bin/sh', '-c', 'echo $HOME'],
    Env: ['A=1', 'Z=9', 'B=two words', 'C=x y', 'OLD=some text'],
    ExposedPorts: { '80/tcp': {}, '53/udp': {}, '8000/tcp': {}, '8001/tcp': {} },
    Labels: { k: 'v', 'quoted key': 'single quoted' },
    User: '1000:1000',
    WorkingDir: '/data',
    Volumes: { '/a': {}, '/b': {} },
    StopSignal: 'SIGINT',
    OnBuild: ['RUN make'],
    Healthcheck: { Interval: 90_000_000_000, Retries: 3, Test: ['CMD-SHELL', 'curl localhost'] },
  });
});

test('applyChanges() drops an old command when only a new entrypoint is given', () => {
  assert.deepEqual(applyChanges({ Cmd: ['old'] }, ['ENTRYPOINT ["/init"]']), { Cmd: null, Entrypoint: ['/init'] });
});

test('applyChanges() takes several lines in one change and skips comments', () => {
  assert.deepEqual(applyChanges({}, ['USER a\n# USER b\n\nWORKDIR /c']), { User: 'a', WorkingDir: '/c' });
});

for (const [line, message] of [
  ['RUN true', 'RUN is not a valid change command'],
  ['FROM x', 'FROM is not a valid change command'],
  ['ENV A', 'ENV must have two arguments'],
  ['ENV A=1 B', `Syntax error - can't find = in "B". Must be of the form: name=value`],
  ['EXPOSE 70000', 'invalid containerPort: 70000'],
  ['EXPOSE 90-80', 'invalid containerPort: 90-80'],
  ['USER', 'USER requires at least one argument'],
  ['ONBUILD FROM x', "FROM isn't allowed as an ONBUILD trigger"],
  ['HEALTHCHECK --interval=soon CMD true', 'time: invalid duration "soon"'],
  ['HEALTHCHECK true', 'Unknown type "TRUE" in HEALTHCHECK (try CMD)'],
] as const) {
  test(`applyChanges() refuses "${line}"`, () => {
    assert.throws(() => applyChanges({}, [line]), { kind: 'invalid', message });
  });
}
