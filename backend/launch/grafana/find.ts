import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { LaunchError } from '../launchError';

/** A Grafana on this machine. */
export interface GrafanaInstall {
  readonly binary: string;
  /** Folder with `conf/defaults.ini` and `public`; null where only the binary knows. */
  readonly home: string | null;
  readonly version: string;
}

/** What the plugin needs (src/plugin.json, grafanaDependency). */
const OLDEST: readonly [number, number] = [12, 3];
/** Where packages put a Grafana's files when the binary stands elsewhere (Debian, RPM, Homebrew). */
const SHARES = [
  '/usr/share/grafana',
  '/opt/homebrew/opt/grafana/share/grafana',
  '/usr/local/opt/grafana/share/grafana',
];

/**
 * The Grafana of GRAFANA_HOME, else the one on PATH, else null.
 *
 * @throws LaunchError when there is one that can't be used.
 */
export function findGrafana(env: NodeJS.ProcessEnv): GrafanaInstall | null {
  const home = env.GRAFANA_HOME;
  const binary = home ? path.join(home, 'bin', 'grafana') : onPath('grafana', env.PATH ?? '');
  if (!binary) {
    return null;
  }
  if (!isExecutable(binary)) {
    throw new LaunchError(`GRAFANA_HOME is ${home}, but ${binary} is no program: unset it, or use --no-grafana`);
  }
  const version = versionOf(binary);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new LaunchError(
      `${binary} is Grafana ${version}; the plugin needs ${OLDEST.join('.')} or newer: update it, or use --no-grafana`
    );
  }
  return { binary, home: homeOf(binary, home), version };
}

function onPath(name: string, searched: string): string | null {
  const candidates = searched.split(path.delimiter).filter(Boolean);
  return candidates.map((folder) => path.join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function versionOf(binary: string): string {
  const { stdout, stderr, error } = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  const version = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
  if (!version) {
    const said = (stdout || stderr || error?.message || 'nothing').trim().slice(0, 200);
    throw new LaunchError(`${binary} --version said "${said}": is it a Grafana? Mend it, or use --no-grafana`);
  }
  return version;
}

/** A wrapper on PATH may stand anywhere and know its Grafana's folder itself: then it is left to it. */
function homeOf(binary: string, wanted: string | undefined): string | null {
  const beside = path.dirname(path.dirname(fs.realpathSync(binary)));
  const candidates = wanted ? [wanted] : [beside, path.join(beside, 'share', 'grafana'), ...SHARES];
  return candidates.find((folder) => fs.existsSync(path.join(folder, 'conf', 'defaults.ini'))) ?? null;
}
