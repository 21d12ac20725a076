import { randomNumbers } from '../events';

/** Calls that share every dimension but the user, the session, the run and the outcome. */
export interface Stream {
  readonly tenant: string;
  readonly project: string;
  readonly team: string;
  readonly environment: string;
  readonly cost_center: string;
  readonly service: string;
  readonly feature: string;
  readonly endpoint: string;
  readonly provider: string;
  readonly model: string;
  readonly agent: string | null;
  /** pico-USD per token */
  readonly input_price: number;
  readonly output_price: number;
  /** The tenant's users are user-`first_user` … */
  readonly first_user: number;
  readonly users: number;
  readonly weight: number;
}

export const TENANTS = 50;
const PROJECTS = 200;
const MODELS = 30;
const USERS = 20_000;

const PROVIDERS = ['openai', 'anthropic', 'google', 'azure', 'aws.bedrock', 'mistral'];
const ENDPOINTS = ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/v1/embeddings'];
const ENVIRONMENTS = ['production', 'production', 'production', 'staging', 'dev'];

/**
 * A company group's calls: 50 tenants, of which a few are large, 200 projects, about 400 features with their team,
 * endpoint, one to three of 30 models and up to three agents, 20,000 users. About 1,000 streams, always the same ones.
 */
export function world(): Stream[] {
  const random = randomNumbers(11);
  const below = (count: number) => Math.floor(random() * count);
  const prices = Array.from({ length: MODELS }, () => 50_000 * (1 + below(100)));
  const streams: Stream[] = [];
  for (let project = 0; project < PROJECTS; project++) {
    const tenant = project < TENANTS ? project : Math.floor(TENANTS * random() ** 2);
    for (let feature = below(2); feature < 3; feature++) {
      const agents = random() < 0.5 ? [null] : Array.from({ length: 1 + below(3) }, (_, i) => `agent-${feature}-${i}`);
      const weight = (0.05 + random()) / (1 + tenant);
      const endpoint = ENDPOINTS[below(ENDPOINTS.length)]!;
      const environment = ENVIRONMENTS[below(ENVIRONMENTS.length)]!;
      for (let models = below(3); models < 3; models++) {
        const model = below(MODELS);
        for (const agent of agents) {
          streams.push({
            tenant: `tenant-${tenant}`,
            project: `project-${project}`,
            team: `team-${project % 40}`,
            environment,
            cost_center: `cc-${tenant % 20}`,
            service: `service-${project}`,
            feature: `feature-${feature}`,
            endpoint,
            provider: PROVIDERS[model % PROVIDERS.length]!,
            model: `model-${model}`,
            agent,
            input_price: prices[model]!,
            output_price: prices[model]! * 5,
            first_user: (tenant * USERS) / TENANTS,
            users: USERS / TENANTS,
            weight: weight / agents.length,
          });
        }
      }
    }
  }
  return streams;
}
