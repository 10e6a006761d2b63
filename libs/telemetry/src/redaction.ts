const secretNames = ['password', 'token', 'secret', 'authorization'];

/** Fields whose values never reach a log, at the top of a record and one level down. */
export const redactedFields: string[] = secretNames.flatMap((name) => [name, `*.${name}`]);

/** `redis://user:secret@host/0` → `redis://***@host/0`, anywhere in a text: messages, fields, stack traces. */
export function redactUrlCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"'/\\]*@/gi, '$1***@');
}
