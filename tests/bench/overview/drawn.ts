/**
 * Runs in the browser: resolves when every panel shows something and none waits any more, with the time of the frame in which
 * that was so first, in ms since the navigation began.
 */
export function drawn(): Promise<number> {
  return new Promise<number>((resolve) => {
    let since = 0;
    let quiet = 0;
    const is = (selector: string) => document.querySelector(selector) !== null;
    // The first that is found says enough: to find all of them in every frame took a twelfth of the page's main thread.
    const look = () => {
      const none = !is('[data-testid^="data-testid Panel header "]');
      // Until its data are there a panel is an empty box, with a bar only after a while.
      const empty = none || is('[data-testid="data-testid panel content"]:not(:has(> *))');
      if (empty || is('[aria-label="Panel loading bar"], [data-testid="Spinner"]')) {
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
