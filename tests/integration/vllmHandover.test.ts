import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Candidate } from '../../backend/normalize/candidate';
import { vllmSchema, type VllmTarget } from '../../backend/receivers/vllm/config';
import { scrapeOnce } from '../../backend/receivers/vllm/scraper';
import { openStorage, type Storage } from './storage/support';

/** A stub of vLLM's metrics page on loopback, with one counter that the tests move. */
let prompt = 0;
const exporter = http.createServer((_, response) => {
  response.end(`# A stub for tests, not a vLLM.
vllm:prompt_tokens_total{model_name="m"} ${prompt}
vllm:generation_tokens_total{model_name="m"} 0
`);
});
let storage: Storage;
let page: string;
beforeAll(async () => {
  await new Promise<void>((done) => exporter.listen(0, '127.0.0.1', done));
  page = `http://127.0.0.1:${(exporter.address() as AddressInfo).port}/`;
  storage = await openStorage();
}, 120_000);
afterAll(async () => {
  exporter.close();
  exporter.closeAllConnections();
  await storage.close();
});

/** Takes each call once by its id, as the pipeline does. */
class Calls {
  readonly taken = new Map<string, Candidate>();
  submissions = 0;

  readonly submit = (candidate: Candidate): Promise<void> => {
    this.submissions++;
    const before = this.taken.get(candidate.event.event_id);
    expect(before ?? candidate).toEqual(candidate);
    this.taken.set(candidate.event.event_id, candidate);
    return Promise.resolve();
  };

  get tokens(): number {
    return [...this.taken.values()].reduce((sum, { event }) => sum + (event.input_tokens ?? 0), 0);
  }
}

let targets = 0;
const target = (): VllmTarget => vllmSchema.parse({ url: `${page}${++targets}` });
const later = () => new Promise((resolve) => setTimeout(resolve, 5));

it('hands an interval over again, as the same call, when it did not come to its end', async () => {
  const [server, calls] = [target(), new Calls()];
  const { pool } = storage;
  const scrape = (submit = calls.submit) => later().then(() => scrapeOnce(server, { pool, submit }));
  prompt = 1_000;
  await scrape();
  prompt = 1_010;
  await expect(scrape(() => Promise.reject(new Error('ended before it was stored')))).rejects.toThrow('ended before');
  prompt = 1_030;
  await scrape();
  expect([calls.submissions, calls.tokens]).toEqual([2, 30]);
  prompt = 1_100;
  const endsAfter = async (candidate: Candidate) => {
    await calls.submit(candidate);
    throw new Error('ended after it was stored');
  };
  await expect(scrape(endsAfter)).rejects.toThrow('ended after');
  await scrape();
  await scrape();
  expect([calls.submissions, calls.taken.size, calls.tokens]).toEqual([4, 3, 100]);
});

it('counts once what two collectors read at the same time', async () => {
  const [server, calls] = [target(), new Calls()];
  const { pool } = storage;
  const both = () => Promise.all([1, 2].map(() => scrapeOnce(server, { pool, submit: calls.submit })));
  prompt = 50;
  await both();
  for (let i = 0; i < 10; i++) {
    prompt += 7;
    await later();
    await both();
  }
  await later();
  await scrapeOnce(server, { pool, submit: calls.submit });
  expect(calls.tokens).toBe(70);
});
