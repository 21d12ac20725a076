/** A share as people read it: 52%, 3.4%, <0.1%; nothing when it is not known. */
export function shareText(share: number | null): string {
  if (share === null) {
    return '';
  }
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) {
    return '<0.1%';
  }
  // What is not the whole doesn't read as the whole.
  if (percent > 99 && percent < 100) {
    return `${Math.min(99.9, Number(percent.toFixed(1)))}%`;
  }
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)}%`;
}
