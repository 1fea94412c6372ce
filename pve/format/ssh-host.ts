/** A name of any script, or an IPv4 address: nothing in it means anything to a shell, a URL or a known_hosts file. */
const named = /^([\p{L}\p{N}_][\p{L}\p{N}_.-]*)(?::(\d{1,5}))?$/u;
const bracketed = /^\[([0-9a-fA-F:.%a-z]+)\](?::(\d{1,5}))?$/;

/** `10.0.0.5`, `10.0.0.5:2222`, `[2001:db8::1]:2222`, `2001:db8::1`, `pve1.example.com`. */
export function parseSshAddress(text: string): { host: string; port?: number } | undefined {
  const found = bracketed.exec(text) ?? named.exec(text);
  if (found?.[1] !== undefined) {
    const port = found[2] === undefined ? undefined : Number(found[2]);
    if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
    return { host: found[1], ...(port === undefined ? {} : { port }) };
  }
  return /^[0-9a-fA-F]*:[0-9a-fA-F:.]+$/.test(text) ? { host: text } : undefined;
}

const digestForm = /^(?:SHA256:)?([A-Za-z0-9+/]{43})=?$/;

/** The form that `ssh-keygen -l` prints; undefined for anything else. */
export function parseHostKeyFingerprint(text: string): string | undefined {
  const digest = digestForm.exec(text.trim())?.[1];
  return digest === undefined ? undefined : `SHA256:${digest}`;
}
