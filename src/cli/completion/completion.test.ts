import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { type Answers, FakeEngine } from '../recorded/fake-engine.ts';
import { runWith } from '../testing/run.ts';
import { scripts } from './scripts.ts';

const answers: Answers = {
  'GET /containers/json': ({ query }) => ({
    body: query['all'] === '1' ? [{ Names: ['/web'] }, { Names: ['/old'] }] : [{ Names: ['/web'] }],
  }),
  'GET /images/json': () => ({ body: [{ RepoTags: ['box:1', 'busy:2'] }, { RepoTags: null }] }),
  'GET /networks': () => ({ body: [{ Name: 'bridge' }, { Name: 'shop' }] }),
};

const cases: readonly (readonly [words: readonly string[], offers: readonly string[]])[] = [
  [['ve'], ['version']],
  [['net'], ['network']],
  [
    ['network', 'r'],
    ['remove', 'repair', 'rm'],
  ],
  [['stop', ''], ['web']],
  [['rm', 'o'], ['old']],
  [
    ['run', '-d', 'b'],
    ['box:1', 'busy:2'],
  ],
  [['run', '--network', 's'], ['shop']],
  [['run', '--name', ''], []],
  [['network', 'connect', 'sh'], ['shop']],
  [
    ['network', 'connect', 'shop', ''],
    ['old', 'web'],
  ],
  [['ps', '--no'], ['--no-trunc']],
  [['completion', 'z'], ['zsh']],
  [['nosuch', ''], []],
];
for (const [words, offers] of cases) {
  test(`completion offers ${offers.join(', ') || 'nothing'} for: ${words.join(' ')}`, async () => {
    await using engine = await new FakeEngine(answers).listen();
    const { stdout } = await runWith(engine.host, ['completion', 'suggest', '--', ...words]);
    assert.deepEqual(stdout.split('\n').slice(0, -1), offers);
  });
}

test('completion is silent when no engine answers', async () => {
  const done = await runWith('unix:///nonexistent/engine.sock', ['completion', 'suggest', '--', 'stop', '']);
  assert.deepEqual(done, { code: 1, stdout: '', stderr: '' });
});

test('completion prints a script for each shell and refuses others', async () => {
  for (const shell of Object.keys(scripts)) {
    assert.match((await runWith('unix:///x', ['completion', shell])).stdout, /portolan completion suggest/);
  }
  assert.match(
    (await runWith('unix:///x', ['completion', 'csh'])).stderr,
    /no completion for "csh": want bash, zsh, fish/,
  );
});

test("completion's script for bash completes in bash", () => {
  const script = `portolan() { printf '%s\\n' "$@"; }\n${scripts['bash']}\nCOMP_WORDS=(portolan rm we) COMP_CWORD=2\n_portolan\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.deepEqual(stdout.trim().split('\n'), ['completion', 'suggest', '--', 'rm', 'we']);
});
