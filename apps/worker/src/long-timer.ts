/** Node takes a longer delay for one of 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls `due` once, after a delay of any length. Returns how to call it off. */
export function after(delayMs: number, due: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (leftMs: number) => {
    const stepMs = Math.min(leftMs, longestTimerMs);
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : due()), stepMs);
  };
  arm(delayMs);
  return () => clearTimeout(timer);
}
