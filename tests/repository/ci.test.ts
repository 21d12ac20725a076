import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.join(__dirname, '..', '..');
const script = fs.readFileSync(path.join(ROOT, '.ci', 'run'), 'utf8');
const { scripts, engines } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  engines: { node: string };
};

/** Lets the script's own counting read a text, as it reads the output of a step. */
function counted(output: string): { passed: number; failed: number } {
  const count = /^count\(\) \{[^]*?^\}/m.exec(script)![0];
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-ci-')), 'log');
  fs.writeFileSync(file, output);
  const read = (word: string) =>
    Number(execFileSync('bash', ['-c', `${count}\ncount ${word} '${file}'`], { encoding: 'utf8' }));
  try {
    return { passed: read('passed'), failed: read('failed') };
  } finally {
    fs.rmSync(path.dirname(file), { recursive: true });
  }
}

it('can be run, and bash can read it', () => {
  expect(fs.statSync(path.join(ROOT, '.ci', 'run')).mode & 0o111).not.toBe(0);
  execFileSync('bash', ['-n', path.join(ROOT, '.ci', 'run')]);
});

it("runs the README's test command", () => {
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const command = /## Test\n\n```sh\nnpm ci && (npm run \S+)\n```/.exec(readme)?.[1];
  expect(command).toBeDefined();
  expect(script).toContain(command);
  const parts = scripts[command!.replace('npm run ', '')]!.split(' && ').map((part) => part.replace('npm run ', ''));
  expect(parts).toEqual(['format:check', 'lint', 'typecheck', 'test:ci', 'build']);
  expect(parts.filter((part) => !(part in scripts))).toEqual([]);
});

it('adds up the tests of jest and of Playwright, coloured or not', () => {
  expect(counted('Test Suites: 3 passed, 3 total\nTests:       2 failed, 41 passed, 43 total\n')).toEqual({
    passed: 41,
    failed: 2,
  });
  expect(counted('\u001b[1mTests:       \u001b[22m\u001b[1m\u001b[32m7 passed\u001b[39m\u001b[22m, 7 total\n')).toEqual(
    {
      passed: 7,
      failed: 0,
    }
  );
  expect(counted('Running 9 tests using 1 worker\n  1 failed\n    a.spec.ts:3:1\n  8 passed (1.2m)\n')).toEqual({
    passed: 8,
    failed: 1,
  });
  expect(counted('nothing of the kind: 5 passed by\n')).toEqual({ passed: 0, failed: 0 });
});

it('is all that the workflow does, on Node versions that are supported', () => {
  const { jobs } = parse(fs.readFileSync(path.join(ROOT, '.github', 'workflows', 'ci.yml'), 'utf8')) as {
    jobs: Record<string, { steps: Array<{ run?: string }>; strategy: { matrix: { node: string[] } } }>;
  };
  const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  expect(runs).toEqual(['bash .ci/run']);
  const oldest = engines.node.replace('>=', '');
  expect(Object.values(jobs).flatMap(({ strategy }) => strategy.matrix.node)).toContain(oldest);
});
