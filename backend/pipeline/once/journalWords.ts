/** Texts by number, from 1; 0 is null. */
export class Words {
  readonly list: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(text: string | null | undefined): number {
    if (text === null || text === undefined) {
      return 0;
    }
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.list.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }
}
