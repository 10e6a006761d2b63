import type { EngineInfo } from '@natsweep/sweep';

/** A text of an engine, written once where many records share the description of their engine. */
export function perEngine(write: (engine: EngineInfo) => string): (engine: EngineInfo) => string {
  const written = new WeakMap<EngineInfo, string>();
  return (engine) => {
    let text = written.get(engine);
    if (text === undefined) written.set(engine, (text = write(engine)));
    return text;
  };
}
