import fs from 'node:fs';
import path from 'node:path';
import { COLLECTOR_NODE_FLAGS } from '../../backend/launch/nodeFlags';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), 'utf8');

it.each(['package.json', 'docs/production.md'])('%s starts the collector with its flags', (file) => {
  expect(read(file)).toContain(`node ${COLLECTOR_NODE_FLAGS.join(' ')} --import tsx backend/cli/collector.ts`);
});

it('and so does its image', () => {
  const command = ['node', ...COLLECTOR_NODE_FLAGS, '--import', 'tsx', 'backend/cli/collector.ts'];
  const [, list] = /^CMD (\[.*])$/m.exec(read('docker/collector.Dockerfile')) ?? [];
  expect(JSON.parse(list ?? '[]')).toEqual(command);
});
