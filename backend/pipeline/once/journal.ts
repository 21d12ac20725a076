import type { Pool, PoolClient } from 'pg';
import type { OnceMemory } from './onceMemory';
import { deserialize, serialize } from './journalText';

/** Any number that nothing else in the database locks by. */
const LOCK = 7_226_330_157;

/**
 * Keeps a collector's memory of calls equal to what all collectors on one database have committed.
 *
 * Transactions that decide about calls come one after another (an advisory lock that ends with the transaction): each
 * first takes over what others have added to the journal since, decides, and adds what it learned beside the rows. So two
 * collectors that see two halves of a trace come to the result of one that sees both, and a restart forgets nothing.
 */
export class OnceJournal {
  /** The last entry that the memory holds. */
  private last = 0n;
  /** The entry of the open transaction. */
  private pending: bigint | null = null;

  constructor(private readonly memory: OnceMemory) {}

  /**
   * Begins to decide inside an open transaction. An attempt that did not end with {@link committed} is taken back first;
   * if it was committed after all (the connection broke on COMMIT), its entry is in the journal and comes back from there.
   *
   * @param now µs since 1970
   */
  async begin(client: PoolClient, now: number): Promise<void> {
    this.memory.rollback();
    this.pending = null;
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const { rows } = await client.query<{ entry: bigint; content: string }>({
      name: 'read_once_journal',
      text: 'SELECT entry, content FROM public.once_journal WHERE entry > $1 ORDER BY entry',
      values: [this.last.toString()],
    });
    for (const { entry, content } of rows) {
      this.memory.apply(deserialize(content), now);
      this.last = entry;
    }
  }

  /** Adds what the memory learned since {@link begin}, in the same transaction. */
  async append(client: PoolClient): Promise<void> {
    const { changes } = this.memory;
    const { sightings, links, verdicts, counters } = changes;
    if (sightings.length + links.length + verdicts.size + counters.size === 0) {
      return;
    }
    const { rows } = await client.query<{ entry: bigint }>({
      name: 'append_once_journal',
      text: 'INSERT INTO public.once_journal (sightings, links, content) VALUES ($1, $2, $3) RETURNING entry',
      values: [sightings.length, links.length, serialize(changes)],
    });
    this.pending = rows[0]!.entry;
  }

  /** The transaction is committed. */
  committed(now: number): void {
    this.memory.commit(now);
    this.last = this.pending ?? this.last;
    this.pending = null;
  }
}

/**
 * Removes the entries that no memory would hold any more: older than the age, or pushed out by newer ones.
 *
 * @returns how many were removed.
 */
export async function pruneJournal(pool: Pool, { limits }: OnceMemory): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM public.once_journal AS old USING (
       SELECT entry, at, sum(sightings) OVER newer AS sightings, sum(links) OVER newer AS links
       FROM public.once_journal WINDOW newer AS (ORDER BY entry DESC)
     ) AS sums
     WHERE old.entry = sums.entry
       AND (sums.sightings > $1::bigint OR sums.links > $2::bigint OR sums.at < now() - $3::bigint * interval '1 microsecond')`,
    [limits.sightings, limits.links, limits.sightingAge]
  );
  return rowCount ?? 0;
}
