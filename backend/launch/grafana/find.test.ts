import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findGrafana } from './find';

let folder: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-find-')));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function install(at: string, says: string, withConf = true): string {
  const home = path.join(folder, at);
  fs.mkdirSync(path.join(home, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(home, 'bin', 'grafana'), `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 });
  if (withConf) {
    fs.mkdirSync(path.join(home, 'conf'));
    fs.writeFileSync(path.join(home, 'conf', 'defaults.ini'), '');
  }
  return home;
}

it('finds the one of GRAFANA_HOME before the one on PATH', () => {
  const home = install('home', 'grafana version 12.4.0');
  const other = install('other', 'grafana version 13.1.0');
  const PATH = path.join(other, 'bin');
  expect(findGrafana({ GRAFANA_HOME: home, PATH })).toMatchObject({ home, version: '12.4.0' });
  expect(findGrafana({ PATH })).toMatchObject({ home: other, version: '13.1.0' });
});

it('finds none where there is none', () => {
  expect(findGrafana({ PATH: folder })).toBeNull();
  expect(findGrafana({})).toBeNull();
});

it('follows a link to where its files are, and leaves it to a wrapper that has none beside it', () => {
  const home = install('real', 'grafana version 12.4.0');
  const linked = path.join(folder, 'links');
  fs.mkdirSync(linked);
  fs.symlinkSync(path.join(home, 'bin', 'grafana'), path.join(linked, 'grafana'));
  expect(findGrafana({ PATH: linked })?.home).toBe(home);

  const wrapper = install('wrapper', 'grafana version 12.4.0', false);
  expect(findGrafana({ PATH: path.join(wrapper, 'bin') })).toMatchObject({ version: '12.4.0', home: null });
});

it('says what is wrong with one that cannot be used', () => {
  expect(() => findGrafana({ GRAFANA_HOME: folder })).toThrow(/GRAFANA_HOME is .* is no program: unset it/);
  expect(() => findGrafana({ GRAFANA_HOME: install('old', 'grafana version 12.2.9') })).toThrow(
    /is Grafana 12\.2\.9; the plugin needs 12\.3 or newer/
  );
  expect(() => findGrafana({ GRAFANA_HOME: install('odd', 'hello') })).toThrow(/--version said "hello"/);
});
