// `npm run check:shared`: checks against what is kept beside the project and not in it (../shared, or the folder given):
// every request that the tests made against Proxmox's schema, and the copies and tables here against their originals.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { projectRoot } from "../cli/project";
import { contract } from "../contract";
import { routing } from "../simulator/router.js";
import { mutatingCalls } from "./mutating-calls";

type Check = (pveApi: string) => string | undefined;

/**
 * The checker takes the `{,16}` of a pattern for text. In the Perl of Proxmox VE 9 (5.34 and later) it means "at most 16".
 */
function isMisread(violation: string): boolean {
  const [, value, most] = /: '([\w\s-]*)' does not match \/\[A-Za-z0-9\\-_\\s\]\{,(\d+)\}\/$/.exec(violation) ?? [];
  return value !== undefined && value.length <= Number(most);
}

/** The log keeps no secrets: a proxy with its password stands there as asterisks. The request itself was checked by the simulator. */
const isMasked = (violation: string): boolean => / http_proxy: '\*{8}' does not match /.test(violation);

/** Proxmox VE 9.2 has it, and the schema is that of 9.1. */
const isNewer = (violation: string): boolean =>
  / PUT \/nodes\/\{node\}\/config: 'location': property is not defined in schema/.test(violation);

const isExplained = (violation: string): boolean => isMisread(violation) || isMasked(violation) || isNewer(violation);

const checks: Record<string, Check> = {
  "every request that the tests made fits Proxmox's schema": (pveApi) => {
    const log = path.join(projectRoot, "out", "requests.jsonl");
    if (!fs.existsSync(log)) return "out/requests.jsonl is missing: run npm test first";
    const { status, stdout, stderr, error } = spawnSync(path.join(pveApi, "check-requests"), [log], {
      encoding: "utf8",
    });
    if (error) return error.message;
    process.stdout.write(stdout.slice(stdout.trimEnd().lastIndexOf("\n") + 1));
    const violations = stdout.split("\n").filter((line) => /^\d+x /.test(line) && !isExplained(line));
    return status === 0 || (stderr === "" && stdout !== "" && violations.length === 0)
      ? undefined
      : `${violations.join("\n")}\n${stderr}`.trim();
  },

  "the tests go through every call of the provider that changes something": () => {
    const log = fs
      .readFileSync(path.join(projectRoot, "out", "requests.jsonl"), "utf8")
      .trim()
      .split("\n");
    const route = routing(() => ({}));
    const made = new Set(
      log
        .map((line) => JSON.parse(line) as { method: string; path: string; status: number })
        .filter(({ method, status }) => method !== "GET" && status === 200)
        .map(({ method, path: at }) => route(method, decodeURIComponent(at))?.key),
    );
    const unknown = mutatingCalls.filter((call) => contract()[call] === undefined);
    if (unknown.length > 0) return `not in the schema: ${unknown.join(", ")}`;
    const missing = mutatingCalls.filter((call) => !made.has(call));
    return missing.length === 0 ? undefined : `never made: ${missing.join(", ")}`;
  },

  "the recordings under test/recorded are copies of the originals": (pveApi) => {
    const copies = path.join(projectRoot, "test", "recorded", "conformance");
    const differing = fs
      .readdirSync(copies)
      .filter((name) => name.endsWith(".jsonl.gz"))
      .filter((name) => {
        const original = path.join(pveApi, "conformance", name.replace(/\.gz$/, ""));
        return (
          !fs.existsSync(original) ||
          !gunzipSync(fs.readFileSync(path.join(copies, name))).equals(fs.readFileSync(original))
        );
      });
    return differing.length === 0 ? undefined : `differ or have no original: ${differing.join(", ")}`;
  },

  "the tables in contract/ are what the schema gives": (pveApi) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "contract-"));
    try {
      const script = path.join(projectRoot, "dist", "scripts", "contract.js");
      const schema = path.join(pveApi, "pve-9.1-schema.json");
      const { status, stderr } = spawnSync(process.execPath, [script, schema, folder], { encoding: "utf8" });
      if (status !== 0) return stderr;
      const read = (from: string, name: string): string => fs.readFileSync(path.join(from, name), "utf8");
      const contract = path.join(projectRoot, "contract");
      const names = fs.readdirSync(folder);
      const differing = names.filter(
        (name) => !fs.existsSync(path.join(contract, name)) || read(folder, name) !== read(contract, name),
      );
      return names.length > 0 && differing.length === 0 ? undefined : `differ: ${differing.join(", ")}`;
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  },
};

function main(shared: string): number {
  const pveApi = path.join(shared, "pve-api");
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const problem = fs.existsSync(pveApi) ? check(pveApi) : `${pveApi} is missing`;
    process.stdout.write(
      `${problem === undefined ? " ok " : "FAIL"} ${name}${problem === undefined ? "" : `\n${problem}`}\n`,
    );
    if (problem !== undefined) failed++;
  }
  process.stdout.write(`${Object.keys(checks).length - failed} passed, ${failed} failed\n`);
  return failed;
}

process.exitCode = main(path.resolve(process.argv[2] ?? path.join(projectRoot, "..", "shared"))) > 0 ? 1 : 0;
