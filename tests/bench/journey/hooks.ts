import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  /** ms since 1970 */
  readonly at: number;
  readonly path: string;
  readonly tenants: readonly string[];
}

interface Body {
  readonly data?: { readonly tenant: string };
  readonly alerts?: ReadonlyArray<{ readonly status: string; readonly labels: Readonly<Record<string, string>> }>;
}

/** Takes the collector's webhooks and Grafana's, and notes when they came and of which tenants. */
export async function startHooks() {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      const { data, alerts = [] } = JSON.parse(text) as Body;
      const firing = alerts.filter(({ status }) => status === 'firing').map(({ labels }) => labels.tenant ?? '');
      deliveries.push({ at: Date.now(), path: request.url ?? '', tenants: data ? [data.tenant] : firing });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries: deliveries as readonly Delivery[],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
