/**
 * The `sshkeys` parameter: the keys, one a line, percent-encoded once; the form encodes them a second time
 * (PVE/API2/Qemu.pm decodes with URI::Escape, which does not take + for a blank).
 */
export function encodeSshKeys(keys: readonly string[]): string {
  const text = keys.map((key) => key.trim()).filter((key) => key !== "");
  return encodeURIComponent(text.join("\n")).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The keys in a configuration's `sshkeys`, which is read back as it was sent. */
export function decodeSshKeys(value: string): string[] {
  return decodeURIComponent(value)
    .split("\n")
    .map((key) => key.trim())
    .filter((key) => key !== "");
}
