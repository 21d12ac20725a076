import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { LaunchError } from '../launchError';

/** What the built plugin is made of. */
const SOURCES = ['src', 'webpack.config.ts', 'package.json', 'tsconfig.json'];
const MAX_OUTPUT = 64 * 1024 * 1024;
const BUILT = path.join('dist', 'module.js');

/** Whether `dist` is missing or older than what it is made of. */
export function needsBuild(root: string): boolean {
  const built = path.join(root, BUILT);
  return !fs.existsSync(built) || newest(SOURCES.map((name) => path.join(root, name))) > fs.statSync(built).mtimeMs;
}

function newest(paths: readonly string[]): number {
  return Math.max(
    0,
    ...paths.filter(fs.existsSync).map((file) => {
      const { mtimeMs } = fs.statSync(file);
      return fs.statSync(file).isDirectory()
        ? Math.max(mtimeMs, newest(fs.readdirSync(file).map((name) => path.join(file, name))))
        : mtimeMs;
    })
  );
}

/** Builds the plugin into `dist`. @throws LaunchError with the compiler's last lines. */
export async function buildPlugin(root: string, logPath: string, signal: AbortSignal): Promise<void> {
  const webpack = path.join(root, 'node_modules', 'webpack', 'bin', 'webpack.js');
  if (!fs.existsSync(webpack)) {
    throw new LaunchError('the plugin must be built, but webpack is not installed: run npm ci, or use --no-grafana');
  }
  const args = [webpack, '-c', './webpack.config.ts', '--env', 'production', '--no-color'];
  fs.mkdirSync(path.dirname(logPath), { recursive: true });
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: root,
      maxBuffer: MAX_OUTPUT,
      signal,
    });
    fs.writeFileSync(logPath, stdout + stderr);
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    fs.writeFileSync(logPath, stdout + stderr + message);
    const last = (stdout + stderr).trim().split('\n').slice(-12).join('\n    ');
    throw new LaunchError(`the plugin could not be built:\n    ${last}\n  The whole log: ${logPath}`);
  }
}

/** Ids of the app and everything nested in it: each must be allowed to load unsigned. */
export function pluginIds(root: string): string[] {
  const source = path.join(root, 'src');
  return fs
    .readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => path.basename(name) === 'plugin.json')
    .map((name) => (JSON.parse(fs.readFileSync(path.join(source, name), 'utf8')) as { id: string }).id)
    .sort();
}
