/** Tells when a client has taken nothing of its answer for too long: the engine waits for it, and everybody else. */
export class StallWatch {
  private untaken = 0;
  private ended = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly ms: number,
    private readonly stalled: () => void
  ) {}

  sent(): void {
    this.untaken++;
    if (!this.timer) {
      this.restart();
    }
  }

  taken(): void {
    this.untaken--;
    this.restart();
  }

  /** The answer is complete; what is left of it waits in the socket, not in the engine. */
  end(): void {
    this.ended = true;
    this.restart();
  }

  private restart(): void {
    if (this.timer) {
      clearTimeout(this.timer);
      this.timer = null;
    }
    if (this.untaken > 0 && !this.ended) {
      this.timer = setTimeout(this.stalled, this.ms);
    }
  }
}
