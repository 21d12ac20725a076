/** Tells once that there is a size, as a browser does for everything that is observed. */
class OneSize {
  constructor(private readonly tell: (entries: unknown[], observer: unknown) => void) {}
  observe(target: Element) {
    setTimeout(() => this.tell([{ target, contentRect: target.getBoundingClientRect() }], this));
  }
  unobserve() {}
  disconnect() {}
}

/** Sees nothing come into view or leave it. */
class StillView {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/**
 * Lets sizes be asked for and never tells of a change: forms with many pickers measure themselves again with every change
 * that they are told of. For tests that open no picker.
 */
export function givenStillLayout(): void {
  givenLayout();
  Object.assign(global, { ResizeObserver: StillView });
}

/** Gives elements a size, which they don't have in jsdom: long lists draw only what is in view. */
export function givenLayout(width = 400, height = 400): void {
  Object.assign(global, { IntersectionObserver: StillView, ResizeObserver: OneSize });
  jest.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({
    width,
    height,
    top: 0,
    left: 0,
    bottom: height,
    right: width,
    x: 0,
    y: 0,
    toJSON: () => ({}),
  });
  // Pickers measure their longest option.
  const measureText = (text: string) => ({ width: text.length * 8 });
  jest
    .spyOn(HTMLCanvasElement.prototype, 'getContext')
    .mockReturnValue({ measureText } as unknown as CanvasRenderingContext2D);
  jest.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(height);
  jest.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(width);
  jest.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(height);
  jest.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(width);
}
