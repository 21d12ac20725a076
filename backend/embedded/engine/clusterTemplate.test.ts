import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyTemplate, keepTemplate } from './clusterTemplate';

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-template-'))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function cluster(name: string, version: string): string {
  const dir = path.join(folder, name);
  fs.mkdirSync(path.join(dir, 'base'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'PG_VERSION'), version);
  fs.writeFileSync(path.join(dir, 'base/1'), 'data');
  return dir;
}

test('a kept cluster is copied, whole', () => {
  const template = path.join(folder, 'cache/template');
  const copy = path.join(folder, 'copy');
  expect(copyTemplate(copy, template)).toBe(false);
  keepTemplate(cluster('made', '17'), template);
  expect(copyTemplate(copy, template)).toBe(true);
  expect(fs.readFileSync(path.join(copy, 'PG_VERSION'), 'utf8')).toBe('17');
  expect(fs.readFileSync(path.join(copy, 'base/1'), 'utf8')).toBe('data');
});

test('of two that keep theirs the first stays, and no draft is left', () => {
  const template = path.join(folder, 'cache/template');
  keepTemplate(cluster('first', '17'), template);
  keepTemplate(cluster('second', '18'), template);
  expect(fs.readFileSync(path.join(template, 'PG_VERSION'), 'utf8')).toBe('17');
  expect(fs.readdirSync(path.join(folder, 'cache'))).toEqual(['template']);
});

test('where nothing can be kept, nothing fails', () => {
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, '');
  expect(() => keepTemplate(cluster('made', '17'), path.join(file, 'template'))).not.toThrow();
});
