// Prints the alerts that Grafana sends: the receiver that the shipped contact point leads to until you have your own.
// node examples/webhook-receiver/main.mjs [port]
import http from 'node:http';

const port = Number(process.argv[2] ?? 9099);

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    response.end();
    try {
      const { alerts = [] } = JSON.parse(Buffer.concat(chunks).toString());
      for (const { status, labels = {}, annotations = {} } of alerts) {
        console.log(`${new Date().toISOString()} ${status} ${labels.alertname}: ${annotations.summary ?? ''}`);
      }
    } catch {
      console.error('that was no alert of Grafana');
    }
  });
});

server.listen(port, '127.0.0.1', () => console.log(`waiting for alerts at http://127.0.0.1:${port}/alerts`));
