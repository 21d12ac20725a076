import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../../backend/config/environment';
import { type GrafanaSetup, provisioningEnvironment, settings } from '../../backend/launch/grafana/configuration';
import { pluginIds } from '../../backend/launch/grafana/pluginBuild';

/** docker-compose.yaml can't run where the tests run, so everything that it names is looked up. */
const ROOT = path.join(__dirname, '..', '..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const exists = (file: string) => fs.existsSync(path.join(ROOT, file));

interface ComposeService {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string | number>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

const text = read('docker-compose.yaml');
const compose = parse(text, { merge: true }) as {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const environmentOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {}).map(([key, value]) => [key, resolved(String(value))])
  );

/** VAR=default lines of .env.example. */
const example = new Map(
  read('.env.example')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(/=(.*)/s) as [string, string])
);
/** As compose fills it in when no .env is there. */
const resolved = (value: string) => value.replace(/\$\{(\w+):-([^}]*)\}/g, (_, _name, fallback: string) => fallback);

describe('variables', () => {
  const uses = [...text.matchAll(/\$\{(\w+)(?::-([^}]*))?\}/g)].map(([, name, fallback]) => ({
    name: name!,
    fallback,
  }));

  it('all have a default, the one that .env.example documents', () => {
    expect(uses.length).toBeGreaterThan(5);
    for (const { name, fallback } of uses) {
      expect([name, fallback]).toEqual([name, example.get(name)]);
    }
  });

  it('of .env.example are all used', () => {
    expect([...example.keys()].filter((name) => !uses.some((use) => use.name === name))).toEqual([]);
  });

  it('are not written without braces, where a $ would be lost', () => {
    expect(text.replace(/\$\{[^}]*\}/g, '')).not.toContain('$');
  });
});

describe('environment', () => {
  const collectorKnows: string[] = ENVIRONMENT.map(({ name }) => name);
  const setup: GrafanaSetup = {
    root: ROOT,
    folder: '/var/lib/grafana',
    address: { host: '127.0.0.1', port: 3000 },
    pluginIds: pluginIds(ROOT),
    pg: { host: '', database: '', password: '', sslMode: '' },
    collectorUrl: '',
    collectorToken: '',
    webhookUrl: '',
  };
  const grafana = environmentOf('grafana');

  it('of the collector holds only what its --help names', () => {
    expect(Object.keys(environmentOf('collector')).filter((name) => !collectorKnows.includes(name))).toEqual([]);
  });

  it('of the demo holds only what its options read', () => {
    const options = [...read('backend/demo/main.ts').matchAll(/\.env\('(\w+)'\)/g)].map(([, name]) => name);
    expect(Object.keys(environmentOf('demo')).sort()).toEqual(options.sort());
  });

  it('of Grafana holds every variable of the provisioning files, the image those of its own folders', () => {
    const image = [...read('docker/grafana.Dockerfile').matchAll(/\b(LLMCOST_\w+)=/g)].map(([, name]) => name!);
    const given = [...Object.keys(grafana).filter((name) => name.startsWith('LLMCOST_')), ...image];
    expect(given.sort()).toEqual(Object.keys(provisioningEnvironment(setup)).sort());
  });

  it('of Grafana keeps it as quiet as npm start does', () => {
    const sections = ['analytics', 'news', 'snapshots', 'security', 'users', 'plugins', 'unified_alerting'];
    const wanted = Object.entries(settings(setup))
      .filter(([section]) => sections.includes(section))
      .flatMap(([section, keys]) =>
        Object.entries(keys).map(([key, value]) => [`GF_${section}_${key}`.toUpperCase(), String(value)])
      );
    expect(grafana).toMatchObject(Object.fromEntries(wanted));
  });

  it('gives the same password, key and database on both sides', () => {
    const collector = environmentOf('collector');
    const database = environmentOf('timescaledb');
    const url = new URL(collector.DATABASE_URL!);
    expect([url.username, url.password, url.hostname, url.pathname]).toEqual([
      database.POSTGRES_USER,
      database.POSTGRES_PASSWORD,
      'timescaledb',
      `/${database.POSTGRES_DB}`,
    ]);
    expect(grafana.LLMCOST_PG_HOST).toBe(`${url.hostname}:${url.port}`);
    expect(grafana.LLMCOST_PG_DATABASE).toBe(database.POSTGRES_DB);
    expect(grafana.LLMCOST_PG_PASSWORD).toBe(collector.LLMCOST_READER_PASSWORD);
    expect([grafana.LLMCOST_COLLECTOR_TOKEN, environmentOf('demo').LLMCOST_ADMIN_KEY]).toEqual([
      collector.LLMCOST_ADMIN_KEY,
      collector.LLMCOST_ADMIN_KEY,
    ]);
  });
});

describe('addresses', () => {
  const listens: Record<string, number[]> = {
    timescaledb: [5432],
    collector: ['LLMCOST_HTTP_ADDR', 'LLMCOST_GRPC_ADDR'].map((name) =>
      Number(environmentOf('collector')[name]!.split(':')[1])
    ),
    grafana: [3000],
  };

  it('are published on 127.0.0.1 only, each at a port that its service listens on, at the documented one', () => {
    const defaults = (ENVIRONMENT as ReadonlyArray<{ name: string; default?: string }>)
      .filter(({ name }) => /^LLMCOST_(HTTP|GRPC)_ADDR$/.test(name))
      .map((variable) => variable.default);
    const published = services.flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, resolved(port)] as const)
    );
    for (const [name, port] of published) {
      expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
      expect(listens[name]).toContain(Number(port.split(':')[2]));
    }
    const outside = published.map(([, port]) => port.split(':').slice(0, 2).join(':'));
    expect(outside.sort()).toEqual([...defaults, '127.0.0.1:3000'].sort());
  });

  it('of other services lead to a service and a port that it listens on', () => {
    const urls = services.flatMap(([name]) =>
      Object.values(environmentOf(name)).flatMap((value) => /^\w+:\/\/(?:[^@/]*@)?([\w.]+):(\d+)/.exec(value) ?? [])
    );
    const inside = urls.filter((_, i) => i % 3 === 1).map((host, i) => [host, Number(urls[i * 3 + 2])] as const);
    const others = inside.filter(([host]) => host !== '127.0.0.1' && host !== 'host.docker.internal');
    expect(others.length).toBeGreaterThan(3);
    for (const [host, port] of others) {
      expect([host, listens[host]]).toEqual([host, expect.arrayContaining([port])]);
    }
  });

  it('that images expose are those', () => {
    expect(exposed('docker/collector.Dockerfile')).toEqual([...listens.collector!].sort());
    expect(exposed('docker/grafana.Dockerfile')).toEqual(listens.grafana);
  });
});

const exposed = (file: string) => (/^EXPOSE (.*)$/m.exec(read(file))?.[1] ?? '').split(' ').map(Number).sort();

describe('services', () => {
  it('wait for what has a health check', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(condition).toBe('service_healthy');
        expect(compose.services[name]?.healthcheck?.test[0]).toBe('CMD');
      }
    }
  });

  it('mount declared volumes only, and every one is used', () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]!));
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  it('are built from files that are there, or are pinned images', () => {
    for (const [, { build, image }] of services) {
      if (build) {
        expect(exists(path.join(build.context, build.dockerfile))).toBe(true);
      } else {
        expect(image).toMatch(PINNED);
      }
    }
  });

  it('run programs that are there', () => {
    const commands = services.flatMap(([, { command }]) => (command ? [command] : []));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      expect(exists(command.at(-1)!)).toBe(true);
    }
  });
});

/** A registry's name with a version of three numbers, or two and a flavour: never a tag that moves on. */
const PINNED = /^[\w./-]+:\d+\.\d+\.\d+(-[\w.-]+)?$/;

describe.each(fs.readdirSync(path.join(ROOT, 'docker')).map((file) => [`docker/${file}`]))('%s', (file) => {
  const lines = read(file)
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));
  const stages = lines.flatMap((line) => /^FROM (\S+) AS (\w+)$/.exec(line)?.slice(1, 3) ?? []);
  const copies = lines.flatMap((line) => {
    const match = /^COPY (?:--from=(\w+) )?(.+)$/.exec(line);
    return match ? [{ from: match[1], sources: match[2]!.split(/\s+/).slice(0, -1) }] : [];
  });
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));

  it('builds on pinned images, and every stage has a name', () => {
    const from = lines.filter((line) => line.startsWith('FROM'));
    expect(stages).toHaveLength(from.length * 2);
    expect(stages.filter((_, i) => i % 2 === 0).filter((image) => !PINNED.test(image))).toEqual([]);
  });

  it('copies files that are there and that the build may see, and from stages that are there', () => {
    expect(copies.length).toBeGreaterThan(2);
    for (const { from, sources } of copies) {
      if (from) {
        expect(stages).toContain(from);
      } else {
        expect(sources.filter((source) => !exists(source))).toEqual([]);
        expect(sources.filter((source) => !allowed.includes(source.replace('./', '').split('/')[0]!))).toEqual([]);
      }
    }
  });

  it('starts a program that is there', () => {
    const command = lines.find((line) => line.startsWith('CMD'));
    const program = command && (JSON.parse(command.slice(4)) as string[]).at(-1)!;
    expect(program === undefined || exists(program)).toBe(true);
  });
});

it('the image of the collector holds everything that its code reads and imports', () => {
  const sources = fs
    .readdirSync(path.join(ROOT, 'backend'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing'));
  const outside = sources.flatMap((name) => {
    const folder = path.dirname(path.join('backend', name));
    return [...read(path.join('backend', name)).matchAll(/from '(\.[^']*)'/g)]
      .map(([, target]) => path.join(folder, target!))
      .filter((target) => !target.startsWith('backend/') && !target.startsWith('src/query'));
  });
  expect(outside).toEqual([]);
});

it('the image of the collector has every package that its code imports', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  const sources = ['backend', 'src/query'].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing'))
      .map((name) => path.join(folder, name))
  );
  const packages = sources.flatMap((file) =>
    [...read(file).matchAll(/^(?:import|export) (?!type\b).*from '([^.'][^']*)'/gm)].map(([, name]) =>
      name!
        .split('/')
        .slice(0, name!.startsWith('@') ? 2 : 1)
        .join('/')
    )
  );
  const missing = packages.filter((name) => !name.startsWith('node:') && !(name in dependencies));
  expect([...new Set(missing)]).toEqual([]);
});
