// @ts-check
// See keeper.ts. Plain JavaScript with nothing to load: it has to be there at once, and for as long as we are.
'use strict';

const { createInterface } = require('node:readline');
const { setTimeout: sleep } = require('node:timers/promises');

/** Process id → grace in ms, in the order of their start. */
const watched = new Map();
const POLL_MS = 100;

/** @param {number} pid @param {NodeJS.Signals | 0} signal @returns {boolean} whether there was somebody to get it */
function signalTo(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** @param {number} pid @param {number} graceMs */
async function end(pid, graceMs) {
  signalTo(pid, 'SIGTERM');
  for (const giveUp = Date.now() + graceMs; signalTo(pid, 0) && Date.now() < giveUp;) {
    await sleep(POLL_MS);
  }
  // The whole group: what the child has started ends with it.
  signalTo(-pid, 'SIGKILL');
}

async function endAll() {
  for (const [pid, graceMs] of [...watched].reverse()) {
    await end(pid, graceMs);
  }
}

// The terminal's signals are not for it.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [what, pid, graceMs] = line.split(' ');
    if (what === 'watch') {
      watched.set(Number(pid), Number(graceMs));
    } else {
      watched.delete(Number(pid));
    }
  })
  .on('close', () => void endAll());
