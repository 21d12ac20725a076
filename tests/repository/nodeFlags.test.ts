import fs from 'node:fs';
import path from 'node:path';
import { COLLECTOR_ENVIRONMENT, COLLECTOR_NODE_FLAGS } from '../../backend/launch/nodeFlags';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');
const environment = Object.entries(COLLECTOR_ENVIRONMENT)
  .map(([name, value]) => `${name}=${value}`)
  .join(' ');

it.each([
  ['package.json', `${environment} exec node`],
  ['docs/production.md', `${environment} \\\nnode`],
])('%s starts the collector with its environment and its flags', (file, start) => {
  expect(read(file)).toContain(`${start} ${COLLECTOR_NODE_FLAGS.join(' ')} --require tsx/cjs backend/cli/collector.ts`);
});

it('and so does its image', () => {
  const command = ['node', ...COLLECTOR_NODE_FLAGS, '--require', 'tsx/cjs', 'backend/cli/collector.ts'];
  const image = read('docker/collector.Dockerfile');
  const [, list] = /^CMD (\[.*])$/m.exec(image) ?? [];
  expect(JSON.parse(list ?? '[]')).toEqual(command);
  expect(image).toContain(`\nENV ${environment}\n`);
});
