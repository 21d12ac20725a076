import { readFileSync } from 'node:fs';

/** Ticks that this machine's processors had, and those of them in which its host ran somebody else; null but on Linux. */
function ticks(): { all: number; stolen: number } | null {
  try {
    const [line] = readFileSync('/proc/stat', 'utf8').split('\n');
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
    const counts = line!.trim().split(/\s+/).slice(1, 9).map(Number);
    return { all: counts.reduce((sum, one) => sum + one, 0), stolen: counts[7] ?? 0 };
  } catch {
    return null;
  }
}

/** Begins to count the processor time that the machine's host takes away. @returns the share of it so far, 0 to 1. */
export function countStolen(): () => number | null {
  const before = ticks();
  return () => {
    const now = ticks();
    return before && now && now.all > before.all ? (now.stolen - before.stolen) / (now.all - before.all) : null;
  };
}
