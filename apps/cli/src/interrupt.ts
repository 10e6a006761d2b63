/** Resolves at the next Ctrl-C or SIGTERM; until then these signals do not end the process. */
export function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const receive = (signal: NodeJS.Signals) => {
      process.off('SIGINT', receive);
      process.off('SIGTERM', receive);
      resolve(signal);
    };
    process.on('SIGINT', receive);
    process.on('SIGTERM', receive);
  });
}
