/** A duration with its two largest units: "850 ms", "2.6 s", "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const units: readonly (readonly [name: string, seconds: number])[] = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => whole >= size);
  let rest = whole;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return amount === 0 ? '' : `${amount} ${name}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** "64 MiB", "1.5 GiB". */
export function formatMemory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}

/** Trials per second in the unit that keeps the number readable: "12.3/s", "4.5/min". */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1) return `${formatNumber(perSecond, 3)}/s`;
  if (perSecond * 60 >= 1) return `${formatNumber(perSecond * 60, 3)}/min`;
  return `${formatNumber(perSecond * 3600, 3)}/h`;
}

/** A measured number with a few significant digits; scientific where plain notation would hide or stretch it. */
export function formatNumber(value: number, digits = 4): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e6) return String(value);
  if (magnitude >= 1e-3 && magnitude < 1e6) return String(Number(value.toPrecision(digits)));
  return value.toExponential(digits - 2).replace(/\.?0+e/, 'e');
}

/** A date and time of this machine's zone: "2026-11-22 14:05:09". */
export function formatTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
}

/** "5 min ago". */
export function formatAge(ms: number, nowMs: number): string {
  return `${formatDuration(Math.max(1, (nowMs - ms) / 1000)).replace(/^(\d+ \S+).*/, '$1')} ago`;
}
