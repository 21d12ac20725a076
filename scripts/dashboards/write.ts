import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS, fileText } from './all';

// Writes the shipped dashboards: npm run dashboards
for (const [name, dashboard] of Object.entries(DASHBOARDS)) {
  writeFileSync(join(__dirname, '../../dashboards', name), fileText(dashboard));
  console.log(`dashboards/${name}`);
}
