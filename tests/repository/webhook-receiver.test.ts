import { spawn } from 'node:child_process';
import path from 'node:path';
import { freePort } from '../integration/collectorProcess';

const RECEIVER = path.join(__dirname, '..', '..', 'examples', 'webhook-receiver', 'main.mjs');

it('prints the alerts that Grafana sends, and survives what is none', async () => {
  const port = await freePort();
  const receiver = spawn(process.execPath, [RECEIVER, String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const seen = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const check = () => pattern.test(text) && resolve();
      receiver.stdout.on('data', check);
      receiver.stderr.on('data', check);
      check();
    });
  const hear = (data: Buffer) => (text += data.toString());
  receiver.stdout.on('data', hear);
  receiver.stderr.on('data', hear);
  try {
    await seen(/waiting for alerts/);
    const post = (body: string) => fetch(`http://127.0.0.1:${port}/alerts`, { method: 'POST', body });
    await post('no JSON');
    await seen(/no alert of Grafana/);
    const alert = { status: 'firing', labels: { alertname: 'Budget' }, annotations: { summary: 'acme has spent it' } };
    await post(JSON.stringify({ alerts: [alert] }));
    await seen(/firing Budget: acme has spent it/);
  } finally {
    receiver.kill();
  }
  expect(text).toContain('firing Budget');
});
