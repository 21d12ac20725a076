/**
 * Repeatable chance: the same key gives the same sequence on every machine, so that a demo load that is sent twice is
 * the same load. Not for anything that must not be guessed.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Number of independent arrivals where `mean` are expected. */
  poisson(mean: number): number;
  /** Log-normal: half of the values lie below `median`; `spread` is the standard deviation of the logarithm. */
  logNormal(median: number, spread: number): number;
  /** One of the choices, in proportion to its weight. */
  pick<T>(choices: ReadonlyArray<readonly [weight: number, choice: T]>): T;
}

export function randomFor(...key: ReadonlyArray<string | number>): Random {
  const next = sfc32(key.join('\u0000'));
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    chance: (probability) => next() < probability,
    poisson(mean) {
      // Knuth's product underflows for large means; there the normal approximation is as good.
      if (mean > 50) {
        return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      }
      const limit = Math.exp(-mean);
      let arrivals = -1;
      for (let product = 1; product > limit; product *= next()) {
        arrivals++;
      }
      return Math.max(0, arrivals);
    },
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    pick(choices) {
      const total = choices.reduce((sum, [weight]) => sum + weight, 0);
      let rest = next() * total;
      for (const [weight, choice] of choices) {
        rest -= weight;
        if (rest < 0) {
          return choice;
        }
      }
      throw new Error('a choice needs at least one alternative of positive weight');
    },
  };
}

/** Chris Doty-Humphrey's "small fast counter" generator, seeded with four FNV-1a hashes of the key. */
function sfc32(key: string): () => number {
  let [a, b, c] = [hash(key, 1), hash(key, 2), hash(key, 3)];
  let counter = hash(key, 4);
  const step = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) {
    step();
  }
  return () => step() / 2 ** 32;
}

function hash(text: string, salt: number): number {
  let value = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value | 0;
}
