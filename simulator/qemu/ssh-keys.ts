import { die } from "../errors.js";

const KEY_TYPES =
  "ssh-dss|ssh-rsa|ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ecdsa-sha2-nistp256|ssh-ed25519)@openssh\\.com";

/**
 * Refuses `sshkeys` that ssh-keygen could not read: each line is a key type and base64 data of that type, perhaps with
 * options before and a comment behind.
 */
export function assertSshKeys(encoded: string): void {
  const lines = percentDecoded(encoded)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length > 0 && !lines.some(isPublicKey)) throw die("SSH public key validation error");
}

/** Undoes percent-encoding; what is none stays (URI::Escape `uri_unescape`). */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) =>
    Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

function isPublicKey(line: string): boolean {
  const match = new RegExp(`(?:^|\\s)(${KEY_TYPES})\\s+([A-Za-z0-9+/]+=*)(?:\\s|$)`).exec(line);
  if (!match) return false;
  const data = Buffer.from(match[2] as string, "base64");
  if (data.length < 4) return false;
  const length = data.readUInt32BE(0);
  return data.subarray(4, 4 + length).toString("latin1") === match[1];
}
