/** Why the store would not give a value back as it is; undefined where it would. */
export function unstorable(value: string): string | undefined {
  // The server cuts white space at both ends, but for one line end (secret-router.ts).
  const kept = value.endsWith("\n") ? `${value.trim()}\n` : value.trim();
  if (value.trim() === "") return "an empty value is none; write another one";
  if (kept !== value)
    return "Infisical cuts white space at the beginning and the end (but for one line end); write it without";
  // Readers get what the reference leads to (getAllSecretReferences in secret-v2-bridge-fns.ts).
  if (/\$\{[^}]*\}/.test(value))
    return "Infisical takes ${…} for a reference to another secret, and gives readers that one's value; write it without";
  return undefined;
}
