import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildPlugin, needsBuild, pluginIds } from './pluginBuild';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-build-'));
  write('src/module.tsx', 100);
  write('src/panels/split/plugin.json', 100, '{ "id": "llmcost-split-panel" }');
  write('src/plugin.json', 100, '{ "id": "llmcost-app" }');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function write(file: string, at: number, text = ''): void {
  const full = path.join(root, file);
  fs.mkdirSync(path.dirname(full), { recursive: true });
  fs.writeFileSync(full, text);
  fs.utimesSync(full, at, at);
  for (let folder = path.dirname(full); folder !== path.dirname(root); folder = path.dirname(folder)) {
    fs.utimesSync(folder, 1, 1);
  }
}

it('is needed when there is no build, or a source is newer, however deep', () => {
  expect(needsBuild(root)).toBe(true);
  write('dist/module.js', 200);
  expect(needsBuild(root)).toBe(false);
  write('src/panels/split/Panel.tsx', 300);
  expect(needsBuild(root)).toBe(true);
});

it('is needed after a source was deleted', () => {
  write('dist/module.js', 200);
  fs.rmSync(path.join(root, 'src', 'module.tsx'));
  expect(needsBuild(root)).toBe(true);
});

it('lists the ids of the app and of everything nested', () => {
  expect(pluginIds(root)).toEqual(['llmcost-app', 'llmcost-split-panel']);
});

it("shows the compiler's last words and where the rest is", async () => {
  const log = path.join(root, 'logs', 'build.log');
  const build = () => buildPlugin(root, log, new AbortController().signal);
  await expect(build()).rejects.toThrow('webpack is not installed: run npm ci');
  write(
    'node_modules/webpack/bin/webpack.js',
    100,
    'console.log("ERROR in src/module.tsx: no such thing"); process.exit(1);'
  );
  await expect(build()).rejects.toThrow(/ERROR in src\/module\.tsx: no such thing[^]*build\.log/);
  expect(fs.readFileSync(log, 'utf8')).toContain('no such thing');
});
