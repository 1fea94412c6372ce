import { createHmac, randomBytes } from "node:crypto";
import fs from "node:fs";

/** Names the file in which all processes of a run write down their secrets; nothing else reads it. */
export const secretsVariable = "PROXMOX_TEST_SECRETS";
const seedVariable = "PROXMOX_TEST_SECRET_SEED";

/** The same in every process of a run, another one in every run. */
process.env[seedVariable] ??= randomBytes(16).toString("hex");

const known = new Map<string, string>();

/** A secret of a test by its name: a new value in every run, which stands nowhere but where the test puts it. */
export function secretValue(name: string): string {
  const value = `sv-${digest(name).slice(0, 28)}`;
  registerSecret(name, value);
  return value;
}

/** As `secretValue`, in the form that Proxmox gives the secrets of tokens. */
export function secretUuid(name: string): string {
  const uuid = digest(name).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
  registerSecret(name, uuid);
  return uuid;
}

const digest = (name: string): string =>
  createHmac("sha256", process.env[seedVariable] ?? "")
    .update(name)
    .digest("hex");

/** A secret that was made elsewhere, such as a private key, is looked for too. */
export function registerSecret(name: string, value: string): void {
  if (known.get(name) === value) return;
  known.set(name, value);
  const file = process.env[secretsVariable];
  if (file) fs.appendFileSync(file, `${JSON.stringify({ name, value })}\n`, { mode: 0o600 });
}

export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** All secrets of this run so far, those of other processes included. */
export function knownSecrets(): Secret[] {
  const file = process.env[secretsVariable];
  const lines = file && fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  const own = [...known].map(([name, value]) => ({ name, value }));
  return [...own, ...lines.map((line) => JSON.parse(line) as Secret)];
}
