/**
 * Runs in the browser: resolves when no panel waits any more, with the time of the frame in which that was so first, in ms
 * since the navigation began.
 */
export function drawn(): Promise<number> {
  return new Promise<number>((resolve) => {
    let since = 0;
    let quiet = 0;
    const look = () => {
      const panels = document.querySelectorAll('[data-testid^="data-testid Panel header "]').length;
      const waiting = document.querySelectorAll('[aria-label="Panel loading bar"], [data-testid="Spinner"]').length;
      if (panels === 0 || waiting > 0) {
        quiet = 0;
      } else if ((quiet += 1) === 1) {
        since = performance.now();
      }
      // Bars of one panel may come after those of another have gone.
      if (quiet > 0 && performance.now() - since > 1_000) {
        resolve(since);
      } else {
        requestAnimationFrame(look);
      }
    };
    look();
  });
}
