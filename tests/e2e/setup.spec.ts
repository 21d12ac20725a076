import { expect, test } from './fixtures';

test('the Setup page finds the collector and the data, and says how to send more', async ({ page }) => {
  await page.goto('/a/llmcost-app');
  await expect(page.getByText(/Collector .* is running/)).toBeVisible();
  await expect(page.getByText('Data is arriving')).toBeVisible();
  await expect(page.getByText('OTEL_EXPORTER_OTLP_ENDPOINT', { exact: false }).first()).toBeVisible();
});
