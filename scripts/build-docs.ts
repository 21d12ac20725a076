import fs from 'node:fs';
import path from 'node:path';
import { withTables } from './docs/tables';

/** `npm run docs`: writes the tables of docs/ that say what the code says. */
const folder = path.join(__dirname, '..', 'docs');
for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.md'))) {
  const file = path.join(folder, name);
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, withTables(text));
}
