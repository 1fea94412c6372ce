import fs from "node:fs";
import path from "node:path";
import { outFolder } from "./environment";
import { knownSecrets, type Secret } from "./secret-values";

/** Where a secret stands in clear; by its name, for the value must not be printed either. */
export interface Leak {
  readonly where: string;
  readonly secret: string;
}

/** What a process that ends earlier has found; the runner reads it at the end. */
const findings = (): string => path.join(outFolder, "secret-leaks.jsonl");

/** Finds secrets in texts, in the forms in which they travel: as they are, percent-encoded, in JSON, in base64. */
export class SecretScanner {
  readonly #names = new Map<string, string>();
  readonly #pattern: RegExp | undefined;

  constructor(secrets: readonly Secret[] = knownSecrets()) {
    for (const { name, value } of secrets)
      for (const form of formsOf(value)) if (!this.#names.has(form)) this.#names.set(form, name);
    const forms = [...this.#names.keys()].map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    if (forms.length > 0) this.#pattern = new RegExp(forms.join("|"), "g");
  }

  /** Names of the secrets in a text. */
  text(text: string): string[] {
    if (!this.#pattern) return [];
    return [...new Set([...text.matchAll(this.#pattern)].map(([form]) => this.#names.get(form) ?? "?"))];
  }

  /** A file, or every file under a folder. */
  path(place: string, shown: string, read = (text: string): string => text): Leak[] {
    const stat = fs.lstatSync(place);
    if (stat.isDirectory())
      return fs.readdirSync(place).flatMap((name) => this.path(path.join(place, name), `${shown}/${name}`, read));
    if (!stat.isFile()) return [];
    return this.text(read(fs.readFileSync(place, "latin1"))).map((secret) => ({ where: shown, secret }));
  }
}

/** The value itself, or the lines of a key: each but the first, which is alike in all, is enough to betray it. */
function formsOf(value: string): string[] {
  const parts = value.includes("\n")
    ? value.split(/\r?\n/).filter((line) => /^(?!b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/=]{40,}$/.test(line))
    : [value];
  return parts.flatMap((part) => {
    // A text within a longer one has three forms in base64, by where it begins; their ends depend on the neighbours.
    const base64 = [0, 1, 2].map((skip) => {
      const encoded = Buffer.concat([Buffer.alloc(skip), Buffer.from(part)])
        .toString("base64")
        .replace(/=+$/, "");
      return encoded.slice(skip === 0 ? 0 : skip + 1, -2);
    });
    return [part, encodeURIComponent(part), JSON.stringify(part).slice(1, -1), ...base64].filter(
      (form) => form.length >= 8,
    );
  });
}

/** Leaves what was found for the end of the run, which fails for it. */
export function reportLeaks(leaks: readonly Leak[]): void {
  if (leaks.length === 0) return;
  fs.mkdirSync(outFolder, { recursive: true });
  fs.appendFileSync(findings(), leaks.map((leak) => `${JSON.stringify(leak)}\n`).join(""));
}

/** Looks through a text that is about to be lost. */
export function scanText(text: string, where: string): void {
  reportLeaks(new SecretScanner().text(text).map((secret) => ({ where, secret })));
}

/** Everything that was found, at the end of a run. */
export function reportedLeaks(): Leak[] {
  if (!fs.existsSync(findings())) return [];
  const lines = fs.readFileSync(findings(), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Leak);
}

let running = "a test";

/** The test that is running, so that what is found can be traced to it. */
export const currentTest = (): string => running;

/** For mocha (setup.ts): follows the tests. */
export function followTests(title: string): void {
  running = title;
}
