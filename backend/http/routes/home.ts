import fs from 'node:fs';
import path from 'node:path';
import { Router } from 'express';
import type { Services } from '../services';

const PAGE = fs.readFileSync(path.join(__dirname, '..', 'home.html'), 'utf8');
const DAY_MS = 86_400_000;

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)!};`);

/** `GET /`: tells a person with a browser what this is and what to do next. */
export function homeRoutes({ version, addresses, authenticator }: Services): Router {
  const router = Router();
  router.get('/', async (request, response) => {
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const values: Record<string, string> = {
      version,
      http: addresses.http,
      from: new Date(today).toISOString(),
      to: new Date(today + DAY_MS).toISOString(),
      auth: (await authenticator.isOpen())
        ? 'No API key is configured: only this machine can reach the collector, and it needs no key.'
        : 'Send your API key with every request: Authorization: Bearer …',
    };
    if (request.accepts(['html', 'json']) === 'json') {
      response.json({ name: 'LLM Cost collector', version, openapi: '/openapi.json' });
      return;
    }
    response
      .set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .type('html')
      .send(PAGE.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escapeHtml(values[name] ?? '')));
  });
  return router;
}
