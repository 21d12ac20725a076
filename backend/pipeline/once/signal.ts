/** Something that happens once, for whoever waits for it. */
export class Signal {
  private resolve: () => void = () => undefined;
  /** Resolves when it has happened. */
  readonly told = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });

  tell(): void {
    this.resolve();
  }
}
